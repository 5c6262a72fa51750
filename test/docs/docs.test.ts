/** Every block of the pages does what the page says; docs/adr/0043 says how. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkServerConfig } from '@org/bridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, commandLines, pages, root } from './blocks.ts';
import { commandsIn, prepare, runLine } from './command-line.ts';
import { checkHostBlocks, runHostBlock, saidByComments, writeHostBlocks } from './host-blocks.ts';
import { difference, hasLines, parseJsonc } from './like.ts';
import { prepareWorld } from './prepared-world.ts';
import type { Ended, World } from './world.ts';

const blocks = pages().flatMap(blocksOf);
const blocksThatAre = (...wanted: readonly Block['treatment'][]) =>
  blocks
    .filter(({ treatment }) => wanted.includes(treatment))
    .map((block) => [`${block.page}:${block.line}`, block] as const);

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

let world: World;
beforeAll(async () => {
  world = await prepareWorld();
  writeHostBlocks(
    world,
    blocksThatAre('host').map(([, block]) => block),
  );
});
afterAll(() => world[Symbol.dispose]());

/** Makes the world what it was, with the files of the blocks above this one on its page. */
function resetFor({ page, line }: Block): void {
  world.reset();
  for (const [, one] of blocksThatAre('file'))
    if (one.page === page && one.line < line) world.write(`project/${one.detail}`, `${one.text}\n`);
}

/** For what only some pages have servers. */
const withServers = (text: string) =>
  /\b(?:shop|camera|store)\b/u.test(text) ? ' --config more.json' : '';

async function runProgram(block: Block): Promise<Ended> {
  resetFor(block);
  world.write('project/block.ts', block.text);
  const flags = `${block.detail}${withServers(block.text)}`;
  return await runLine(world, `mcp-cli execute block.ts ${flags}`);
}

describe('lines of mcp-cli', () => {
  // A line that several pages have is run once.
  const lines = new Map<string, readonly [string, Block, string]>();
  for (const [at, block] of blocksThatAre('run', 'no-run')) {
    for (const line of commandLines(block)) {
      if (block.treatment === 'run' || line.includes('mcp-cli serve'))
        lines.set(line.replace(/\s+# .*$/u, ''), [at, block, line]);
    }
  }

  test.for([...lines].map(([line, [at, ...rest]]) => [at, line, ...rest] as const))(
    '%s %s',
    async ([, , block, line]) => {
      resetFor(block);
      if (commandsIn(line).length === 0) expect.fail(`What is run here? ${line}`);
      const id = await prepare(world, line);
      await runLine(world, line, { id });
    },
  );

  test.for(blocksThatAre('session'))('%s, line by line', async ([, block]) => {
    resetFor(block);
    let first = '';
    for (const line of commandLines(block)) {
      if (/^(?:cd|export) /u.test(line)) first += `${line}\n`;
      else await runLine(world, line, { first });
    }
  });
});

describe('programs', () => {
  test.for(blocksThatAre('program'))('%s', async ([, block]) => {
    expect(await runProgram(block)).toMatchObject({ code: 0 });
  });
});

describe('code for Node', () => {
  test('has no error in its types', async () => {
    expect(await checkHostBlocks(world)).toMatchObject({ code: 0, stdout: '' });
  });

  test.for(blocksThatAre('host'))('%s', async ([, block]) => {
    resetFor(block);
    const { code, stdout, stderr } = await runHostBlock(world, block);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const said of saidByComments(block)) expect(hasLines(stdout, said)).toBe(true);
  });
});

describe('output', () => {
  test.for(blocksThatAre('output'))('%s', async ([, block]) => {
    const above = blocks[blocks.indexOf(block) - 1];
    let ended: Ended;
    if (block.detail === '' && above?.treatment === 'program') ended = await runProgram(above);
    else {
      resetFor(block);
      const flags = withServers(block.text);
      ended = await world.shell(`${block.detail}${flags} || true`);
    }
    if (block.language.startsWith('json')) {
      const shown = parseJsonc(block.text);
      expect(difference(parseJsonc(ended.stdout), shown)).toBeUndefined();
    } else {
      const said = `${ended.stdout}\n${ended.stderr}`;
      expect(hasLines(said, block.text), said).toBe(true);
    }
  });
});

test.for(blocksThatAre('servers'))('%s is a configuration', ([at, { text }]) => {
  const shown = parseJsonc(text) as Record<string, unknown>;
  const isWhole = 'mcpServers' in shown;
  const document =
    isWhole || 'policy' in shown ? { mcpServers: {}, ...shown } : { mcpServers: { entry: shown } };
  checkServerConfig(isWhole ? text : JSON.stringify(document), at);
});

const held = new Map(
  blocksThatAre('held').map(([, { page, detail }]) => [`${page} ${detail}`, { page, detail }]),
);
test.for([...held])('%s compares', ([, { page, detail }]) => {
  expect(existsSync(path.join(root, detail)), detail).toBe(true);
  const folder = path.dirname(page) === '.' ? '' : path.dirname(page);
  expect(readFileSync(path.join(root, detail), 'utf8')).toContain(
    folder === 'docs' ? page : path.basename(page),
  );
});

test.for(blocksThatAre('file'))('%s is used below', ([, { page, line, detail }]) => {
  const below = blocks.filter((one) => one.page === page && one.line > line);
  expect(below.some((one) => `${one.detail}\n${one.text}`.includes(detail))).toBe(true);
});

test.for(blocksThatAre('no-run'))('%s says why it is not run', ([, { detail, text }]) => {
  expect(detail).toMatch(/\w+ \w+/u);
  for (const [, script = ''] of text.matchAll(/^npm (?:run )?([\w:]+)/gmu))
    expect(['install', ...Object.keys(scripts)]).toContain(script);
});
