import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type FileSystem, SandboxError } from '@org/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { compilers } from './workbench.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});

afterAll(() => sandbox.close());

const nested = (open: string, middle: string, close: string, depth = 60_000) =>
  `export default ${open.repeat(depth)}${middle}${close.repeat(depth)}`;

describe('source that is nested too deeply', () => {
  test.each([
    ['brackets', nested('[', '1', ']')],
    ['parentheses', nested('(', '1', ')')],
    ['arrow functions', nested('()=>{', '', '}', 20_000)],
    ['classes', nested('class{a=', '1', '}', 20_000)],
    ['operators', nested('1+', '1', '')],
    ['negations', nested('!', '1', '')],
    ['else if', `${'if(1);else '.repeat(60_000)};`],
    ['unclosed', '['.repeat(60_000)],
  ])('is a syntax error and no crash: %s', async (_, source) => {
    const outcome = await sandbox.run(source);
    expect(outcome).toMatchObject({ status: 'threw', error: { code: 'SYNTAX' } });
    expect(await sandbox.run('export default 1')).toMatchObject({ status: 'returned', value: 1 });
  });

  test('does not harm what is compiled at the same time', async () => {
    const good = Array.from({ length: 5 }, (_, n) => sandbox.run(`export default ${n} + 1`));
    const bad = sandbox.run(nested('[', '1', ']'));
    expect((await bad).status).toBe('threw');
    const outcomes = await Promise.all(good);
    expect(outcomes.map((one) => one.status === 'returned' && one.value)).toEqual([1, 2, 3, 4, 5]);
  });

  test('is told in a process that waits for nothing else', () => {
    const script = path.join(import.meta.dirname, 'fixtures/deep.ts');
    const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stdout + stderr).toBe('threw\n');
  });

  test('says what to do', async () => {
    const { error } = (await sandbox.run(nested('[', '1', ']'), { name: 'mine.ts' })) as {
      error?: { message: string };
    };
    expect(error?.message).toContain('mine.ts cannot be parsed: it is nested too deeply.');
    expect(error?.message).toContain('Split');
  });
});

describe('the compile process', () => {
  test('passes on what an import fails with', async () => {
    const fail = async (): Promise<never> => {
      throw new SandboxError('SERVER_UNAVAILABLE', 'It is asleep.', { hint: 'Wake it.' });
    };
    const files: FileSystem = { readFile: fail, listFiles: fail, writeFile: fail };
    await using other = await createSandbox({ files });
    await expect(other.compile("import './servers/x'")).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: 'It is asleep.',
      hint: 'Wake it.',
    });
  });

  test('is bounded by wall time, when an import waits for ever', async () => {
    const never = () => new Promise<never>(() => {});
    const files: FileSystem = { readFile: never, listFiles: never, writeFile: never };
    await using other = await createSandbox({ files });
    const outcome = await other.run("import './servers/x'", { limits: { wallMs: 300 } });
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind: 'wall', allowed: 300 } });
  });

  test('ends with its sandbox, and jobs under way are aborted', async () => {
    const before = compilers();
    const never = () => new Promise<never>(() => {});
    const other = await createSandbox({
      files: { readFile: never, listFiles: never, writeFile: never },
    });
    const waiting = other.compile("import './servers/x'").catch((error) => error.code);
    await expect.poll(compilers).toBe(before + 1);
    await other.close();
    expect(await waiting).toBe('ABORTED');
    expect(compilers()).toBe(before);
  });

  test('knows nothing of the environment', () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
      let command = '';
      try {
        command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (!command.includes('compile-child')) continue;
        expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('PATH=');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    }
  });
});
