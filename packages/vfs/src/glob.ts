import { SandboxError, type VfsPath } from '@org/core';

/** Alternatives that the braces of one pattern may stand for. */
const maxAlternatives = 256;
/** Comparisons of characters for one pattern: a tenth of a second at most. */
const maxSteps = 5_000_000;
/** What a name costs to list, in such steps: so no more than 50,000 are. */
const stepsPerName = 100;

const wildcard = /[*?]/u;
const braces = /\{([^{}]*,[^{}]*)\}/u;

/** Whether `path` stands for several: it has `*`, `?` or `{a,b}`. */
export function isPattern(path: string): boolean {
  return wildcard.test(path) || braces.test(path);
}

/**
 * Paths of the files that `pattern` stands for, sorted by code unit: `*` and `?` within a name, `**`
 * for any folders, `{a,b}`. A name that begins with a dot is only found where its pattern does. A
 * folder below the fixed part that cannot be listed is passed over.
 * @param list names in a folder; a folder's name ends in `/`
 * @throws SandboxError `INVALID_PATH`: too many braces; `QUOTA_EXCEEDED`: too much to look at; and
 * what `list` throws for the fixed part of the pattern
 */
export async function findFiles(
  pattern: VfsPath,
  list: (folder: VfsPath) => Promise<readonly string[]>,
): Promise<string[]> {
  const found = new Set<string>();
  const work: Work = { steps: 0 };
  const walk = async (folder: string, names: readonly string[], states: States): Promise<void> => {
    for (const name of names) {
      work.steps += stepsPerName;
      const isFolder = name.endsWith('/');
      const next = states.after(isFolder ? name.slice(0, -1) : name, work);
      if (work.steps > maxSteps) throw tooMuch(pattern);
      const path = `${folder}/${name}`;
      if (!isFolder && next.isMatch) found.add(path);
      if (!isFolder || !next.mayContinue) continue;
      const below = path.slice(0, -1);
      await walk(below, await list(below as VfsPath).catch(nothingBelow), next);
    }
  };
  for (const alternative of alternatives(pattern)) {
    const segments = alternative.split('/').slice(1);
    const fixed = segments.findIndex((segment) => wildcard.test(segment));
    // Without a wildcard the last name is the file's.
    const base = segments.slice(0, fixed < 0 ? -1 : fixed);
    const root = `/${base.join('/')}` as VfsPath;
    const states = States.begin(segments.slice(base.length));
    await walk(root === '/' ? '' : root, await list(root), states);
  }
  return [...found].sort();
}

function nothingBelow(error: unknown): readonly string[] {
  if (error instanceof SandboxError) return [];
  throw error;
}

function tooMuch(pattern: string): SandboxError {
  return new SandboxError(
    'QUOTA_EXCEEDED',
    `Cannot list ${pattern}: there is too much to look at.`,
    {
      hint: 'Begin the pattern further down, or use fewer wildcards.',
    },
  );
}

/** What was done for one pattern so far. */
export interface Work {
  steps: number;
}

/** The patterns without braces that `pattern` stands for. */
function alternatives(pattern: string): string[] {
  let texts = [pattern];
  for (;;) {
    const open = texts.filter((text) => braces.test(text));
    if (open.length === 0) return [...new Set(texts)];
    texts = texts.flatMap((text) => {
      const match = braces.exec(text);
      if (match === null) return [text];
      const [all, inner = ''] = match;
      const after = text.slice(match.index + all.length);
      return inner.split(',').map((part) => text.slice(0, match.index) + part + after);
    });
    if (texts.length <= maxAlternatives) continue;
    const what = `Cannot list ${pattern}: its braces stand for over ${maxAlternatives} paths.`;
    throw new SandboxError('INVALID_PATH', what, { hint: 'Use * instead.' });
  }
}

/**
 * How far the segments of a pattern have matched the names so far, in all ways at once: the work for
 * a name is bounded by the length of the pattern, whatever the pattern is.
 */
class States {
  readonly #segments: readonly string[];
  readonly #at: ReadonlySet<number>;

  private constructor(segments: readonly string[], at: Iterable<number>) {
    const reached = new Set<number>();
    for (let index of at) {
      reached.add(index);
      while (segments[index] === '**') reached.add(++index);
    }
    this.#segments = segments;
    this.#at = reached;
  }

  static begin(segments: readonly string[]): States {
    return new States(segments, [0]);
  }

  after(name: string, work: Work): States {
    const next: number[] = [];
    for (const index of this.#at) {
      work.steps += name.length;
      const segment = this.#segments[index];
      if (segment === undefined) continue;
      if (segment !== '**') {
        if (matchesName(segment, name, work)) next.push(index + 1);
      } else if (!name.startsWith('.')) next.push(index);
    }
    return new States(this.#segments, next);
  }

  get isMatch(): boolean {
    return this.#at.has(this.#segments.length);
  }

  get mayContinue(): boolean {
    return [...this.#at].some((index) => index < this.#segments.length);
  }
}

/**
 * Takes at most the product of the two lengths: only the last `*` is ever tried again. Without an
 * answer once `work` is over its bound.
 */
export function matchesName(pattern: string, name: string, work: Work): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const [wanted, given] = [Array.from(pattern), Array.from(name)];
  let [at, index] = [0, 0];
  let [star, resumeAt] = [-1, 0];
  while (index < given.length && work.steps++ <= maxSteps) {
    if (wanted[at] === '*') {
      [star, resumeAt] = [at++, index];
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      [at, index] = [star + 1, ++resumeAt];
    } else return false;
  }
  while (wanted[at] === '*') at++;
  return index === given.length && at === wanted.length;
}
