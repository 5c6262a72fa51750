import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { marked } from 'marked';

export const root = path.resolve(import.meta.dirname, '../..');

/** What becomes of a block in the test: the words after its language, ```` ```ts file: report.ts ````. */
const treatments = [
  'run', // sh: each line in a home of its own, and expected to end with 0 or "# exit code N"
  'session', // sh: the lines one after the other in the same home
  'no-run', // sh and others: for the reason that is given; what begins with mcp-cli in it is run all the same
  'program', // ts: run by `mcp-cli execute`, with the flags that are given
  'file', // ts: lies at the path that is given for the blocks below it
  'host', // ts: type-checked and run by Node; it is given these names, which given.ts exports
  'servers', // jsonc: a document or an entry that the reader of configurations takes
  'output', // what the command that is given prints, or what the block above printed; … is any text
  'held', // the test that is given compares the block with what it shows
] as const;
type Treatment = (typeof treatments)[number];

/** A fenced block of a page. */
export interface Block {
  /** From the root of the repository. */
  readonly page: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly treatment: Treatment;
  /** What stands after the colon. */
  readonly detail: string;
  readonly text: string;
}

/** The usages of all commands, on a page that is generated. */
const referenceTest = 'packages/cli/test/reference.test.ts';

const isPage = (name: string) => name.endsWith('.md');

/** All pages but the decisions, from the root of the repository. */
export function pages(): string[] {
  const packages = readdirSync(path.join(root, 'packages'));
  return [
    ...readdirSync(root).filter(isPage),
    ...readdirSync(path.join(root, 'docs'))
      .filter(isPage)
      .map((name) => `docs/${name}`),
    ...packages.map((name) => `packages/${name}/README.md`),
    'benches/README.md',
    'examples/README.md',
  ];
}

/** @throws Error at a block of which nobody says what becomes of it. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  const found: { readonly info: string; readonly text: string }[] = [];
  marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type === 'code') found.push({ info: token.lang ?? '', text: token.text });
  });
  const fences = text.split('\n').flatMap((line, index) => (/^ *```/u.test(line) ? [index] : []));
  if (fences.length !== 2 * found.length)
    throw new Error(`${page} has a block that is only indented: put it between fences.`);
  return found.map((one, index) => classify(page, (fences[2 * index] ?? 0) + 1, one));
}

function classify(
  page: string,
  line: number,
  { info, text }: { readonly info: string; readonly text: string },
): Block {
  const [, language = '', word, detail = ''] = /^(\w*)(?: ([\w-]+)(?:: (.+))?)?$/u.exec(info) ?? [];
  if (page === 'docs/commands.md' && info === 'text') {
    return { page, line, language, treatment: 'held', detail: referenceTest, text };
  }
  const name = word ?? (language === 'sh' ? 'run' : '');
  const treatment = treatments.find((one) => one === name);
  if (treatment === undefined)
    throw new Error(
      `${page}:${line}: "${info}" does not say what becomes of the block: ${treatments.join(', ')} (test/docs/blocks.ts).`,
    );
  return { page, line, language, treatment, detail, text };
}

/** The lines of a block for a shell: without comments between them, continued lines as one. */
export function commandLines({ text }: Block): string[] {
  return text
    .replaceAll(/\\\n\s*/gu, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
