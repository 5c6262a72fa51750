/**
 * Names that are looked up while somebody types. `tools`: a server, or a tool of it. `setting`: a key of
 * the configuration, or after one the values that it can have.
 */
export const lookups = [
  ...(['server', 'foreign', 'tool', 'tools', 'run', 'skill', 'token', 'setting'] as const),
] as const;
export type Lookup = (typeof lookups)[number];

/** What a word can be: one of these, a file, what is looked up, or any text. */
export type Expected = readonly string[] | Lookup | 'file' | 'folder' | 'text';

/** A word that can be meant, and what a person sees beside it. */
export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** What a shell completes: the words of commands, their arguments and their flags. */
export interface CompletedCommand {
  /** `skill run`. */
  readonly words: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** What its arguments can be, in no order. */
  readonly args: readonly Expected[];
}

export interface CompletedFlag {
  readonly name: string;
  readonly char?: string;
  readonly summary: string;
  /** What the word after it can be; left out where none follows. */
  readonly value?: Expected;
}

/** A command as oclif has it in its manifest. */
export interface DeclaredCommand {
  readonly id: string;
  readonly summary?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly flags: Readonly<Record<string, DeclaredFlag>>;
  readonly args: Readonly<Record<string, DeclaredArg>>;
}

interface DeclaredArg {
  readonly description?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

export interface DeclaredFlag {
  readonly name: string;
  readonly char?: string | undefined;
  readonly type: 'boolean' | 'option';
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly allowNo?: boolean | undefined;
  readonly helpValue?: string | string[] | undefined;
  readonly options?: readonly string[] | undefined;
  readonly hidden?: boolean | undefined;
}

/** Those that are shown, by their words. */
export function completedCommands(declared: readonly DeclaredCommand[]): CompletedCommand[] {
  return declared
    .filter(({ hidden }) => !hidden)
    .map(({ id, summary = '', flags, args }) => ({
      words: id.replaceAll(':', ' '),
      summary,
      flags: Object.values(flags)
        .filter(({ hidden }) => !hidden)
        .flatMap(completedFlags),
      args: Object.entries(args).map(([name, { options }]) => options ?? expectedOf(id, name)),
    }))
    .sort((a, b) => (a.words < b.words ? -1 : 1));
}

/** Of names of arguments, and of what `helpValue` has between its brackets. */
const expectedByName: Readonly<Record<string, Expected>> = {
  file: 'file',
  folder: 'folder',
  server: 'server',
  tool: 'tool',
  target: 'tools',
  pattern: 'tools',
  run: 'run',
  skill: 'skill',
  token: 'token',
};

function expectedOf(id: string, name: string): Expected {
  if (id === 'server:import') return 'foreign';
  if (id === 'config:get' || id === 'config:set') return 'setting';
  return Object.hasOwn(expectedByName, name) ? (expectedByName[name] as Expected) : 'text';
}

function completedFlags({ type, helpValue, options, ...flag }: DeclaredFlag): CompletedFlag[] {
  const { name, char, summary, description = '', allowNo } = flag;
  const [, word = ''] = /^<(\w+)>/u.exec(String(helpValue ?? '')) ?? [];
  const one: CompletedFlag = {
    name,
    ...(char !== undefined && { char }),
    summary: summary ?? description,
    ...(type === 'option' && { value: options ?? expectedOf('', word) }),
  };
  if (!allowNo) return [one];
  const { char: _, ...off } = one;
  return [one, { ...off, name: `no-${name}` }];
}

/** The words that can follow `words`, with what they do: `''` is the program alone. */
export function nextWords(
  commands: readonly CompletedCommand[],
  words: string,
): ReadonlyMap<string, string> {
  const before = words === '' ? '' : `${words} `;
  const next = new Map<string, string>();
  for (const { words: own, summary } of commands) {
    if (!own.startsWith(before)) continue;
    const [word = '', more] = own.slice(before.length).split(' ');
    if (more === undefined) next.set(word, summary);
    else if (!next.has(word)) next.set(word, '');
  }
  return next;
}

/** The words that others follow, `''` among them. */
export function topics(commands: readonly CompletedCommand[]): string[] {
  const found = new Set(['']);
  for (const { words } of commands) {
    const parts = words.split(' ');
    for (let count = 1; count < parts.length; count++) found.add(parts.slice(0, count).join(' '));
  }
  return [...found].sort();
}
