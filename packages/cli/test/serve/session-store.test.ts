import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseServerId, parseVfsPath, type SandboxError, type StateStore } from '@org/core';
import { createFileSystem } from '@org/vfs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workspaceContract } from '../../../vfs/test/workspace-contract.ts';
import { prunedNowAndThen } from '../../src/serve/sessions/pruned.ts';
import { parseSessionName } from '../../src/serve/sessions/session-name.ts';
import { SessionStore } from '../../src/serve/sessions/session-store.ts';

let folder = '';
let count = 0;
const opened: SessionStore[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sessions-'));
});
afterAll(() => {
  for (const store of opened) store[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const newFile = (): string => path.join(folder, `${++count}`, 'sessions.db');
const at = (principal: string, name = 'default') => ({ principal, name: parseSessionName(name) });
const server = parseServerId('github');

function open(file: string, options: object = {}): SessionStore {
  const store = new SessionStore({ file, ...options });
  opened.push(store);
  return store;
}

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return (error as SandboxError).code;
  }
  return 'none';
}

workspaceContract('in the file of sessions', () => open(newFile()).open(at('ann')).workspace);

describe('parseSessionName()', () => {
  test('takes 1 to 64 of a-z, 0-9 and hyphens', () => {
    for (const good of ['a', '-', '0', 'a'.repeat(64), 'work-2']) {
      expect(parseSessionName(good)).toBe(good);
    }
  });

  test.each([...['', 'A', 'a b', '../x', 'a/b', 'ä', 'a\n', 'a'.repeat(65), 'a_b', 'a\0', '.']])(
    'refuses %j',
    async (bad) => {
      expect(await codeOf(() => parseSessionName(bad))).toBe('INVALID_NAME');
    },
  );
});

describe('SessionStore', () => {
  test('state, files and types are there when the file is opened again', async () => {
    const file = newFile();
    const first = new SessionStore({ file });
    const one = first.open(at('ann'));
    expect(await one.state.get('k')).toBeUndefined();
    await one.state.set('k', '{"a":"\\u0000"}');
    await one.state.set('__proto__', '1');
    await createFileSystem({ workspace: one.workspace }).writeFile(parseVfsPath('a/b'), 'text');
    await one.observed.update(server, (text) => `${text ?? 'none'}!`);
    first[Symbol.dispose]();
    const again = open(file).open(at('ann'));
    expect(await again.state.get('k')).toBe('{"a":"\\u0000"}');
    expect(await again.state.get('__proto__')).toBe('1');
    expect(await again.state.get('constructor')).toBeUndefined();
    const files = createFileSystem({ workspace: again.workspace });
    expect(await files.readFile(parseVfsPath('a/b'))).toBe('text');
    expect(await again.observed.read(server)).toBe('none!');
  });

  test('equal names of two principals never meet', async () => {
    const store = open(newFile());
    const keys = [at('ann'), at('bob'), at('ann', 'other'), at('ann/default'), at('ann\0')];
    for (const [index, key] of keys.entries()) {
      const { state, workspace, observed } = store.open(key);
      await state.set('k', `${index}`);
      await createFileSystem({ workspace }).writeFile(parseVfsPath('f'), `${index}`);
      await observed.update(server, () => `${index}`);
    }
    for (const [index, key] of keys.entries()) {
      const { state, workspace, observed } = store.open(key);
      expect(await state.get('k')).toBe(`${index}`);
      expect(await createFileSystem({ workspace }).readFile(parseVfsPath('f'))).toBe(`${index}`);
      expect(await observed.read(server)).toBe(`${index}`);
    }
    expect(store.names('ann').toSorted()).toEqual(['default', 'other']);
    store.remove(at('ann'));
    expect(await store.open(at('ann')).state.get('k')).toBeUndefined();
    expect(store.open(at('ann')).workspace.names('/workspace')).toEqual([]);
    expect(await store.open(at('bob')).state.get('k')).toBe('1');
  });

  test('a session that only reads keeps nothing', async () => {
    const store = open(newFile());
    const { state, workspace, observed } = store.open(at('ann'));
    await state.get('k');
    workspace.names('/workspace');
    await observed.read(server);
    await observed.update(server, (text) => text);
    expect(await codeOf(() => state.set('k', '1'.repeat(2 ** 20 + 1)))).toBe('QUOTA_EXCEEDED');
    expect(store.names('ann')).toEqual([]);
  });

  test('bounds a value, a key and all of the state; what is refused leaves the old value', async () => {
    const stateCaps = { valueBytes: 100, bytes: 1_000 };
    const { state } = open(newFile(), { stateCaps }).open(at('ann'));
    await state.set('k', 'ä'.repeat(50));
    expect(await codeOf(() => state.set('k', `${'ä'.repeat(50)}1`))).toBe('QUOTA_EXCEEDED');
    expect(await codeOf(() => state.set('k'.repeat(1_025), '1'))).toBe('QUOTA_EXCEEDED');
    await fill(state);
    expect(await state.get('k')).toBe('ä'.repeat(50));
    await state.set('k', 'null');
    await state.set('later', '1'.repeat(20));
  });

  async function fill(state: StateStore): Promise<void> {
    for (let index = 0; index < 100; index++) {
      if ((await codeOf(() => state.set(`k${index}`, '1'.repeat(50)))) !== 'none') {
        expect(index).toBe(7);
        return;
      }
    }
    throw new Error('it was never full');
  }

  test('bounds the sessions of a principal and what they keep together', async () => {
    const store = open(newFile(), { caps: { sessions: 2, bytes: 5_000 } });
    const set = (key: ReturnType<typeof at>, size: number) =>
      codeOf(() => store.open(key).state.set('k', '1'.repeat(size)));
    expect(await set(at('ann', 'one'), 2_000)).toBe('none');
    expect(await set(at('ann', 'two'), 4_000)).toBe('QUOTA_EXCEEDED');
    expect(await set(at('ann', 'two'), 2_000)).toBe('none');
    expect(await set(at('ann', 'three'), 1)).toBe('QUOTA_EXCEEDED');
    expect(await set(at('bob', 'one'), 4_000)).toBe('none');
    // Less is taken in any case.
    expect(await set(at('ann', 'one'), 10)).toBe('none');
    expect(await set(at('ann', 'two'), 4_000)).toBe('none');
    const files = createFileSystem({ workspace: store.open(at('ann', 'two')).workspace });
    const write = () => files.writeFile(parseVfsPath('big'), '1'.repeat(2_000));
    expect(await codeOf(write)).toBe('QUOTA_EXCEEDED');
    expect(await files.listFiles(parseVfsPath('/workspace'))).toEqual([]);
  });

  test('prune() forgets what nobody used for the retention, and nothing else', async () => {
    const store = open(newFile(), { retentionMs: 1_000 });
    await store.open(at('ann')).state.set('k', '1');
    expect(store.prune()).toBe(0);
    expect(await store.open(at('ann')).state.get('k')).toBe('1');
    expect(store.prune(Date.now() + 2_000)).toBe(1);
    expect(await store.open(at('ann')).state.get('k')).toBeUndefined();
    await store.open(at('ann')).state.set('k', '2');
    expect(await store.open(at('ann')).state.get('k')).toBe('2');
  });

  test('a store that cannot be pruned is told each time, and ends nothing', async () => {
    const store = open(newFile());
    store[Symbol.dispose]();
    const problems: string[] = [];
    const pruner = prunedNowAndThen(store, (message) => problems.push(message), 1);
    expect(problems).toHaveLength(1);
    await expect.poll(() => problems.length).toBeGreaterThan(1);
    clearInterval(pruner);
    expect(problems[0]).toContain('Sessions that nobody uses are not removed');
  });

  test('only its owner can read the files', async () => {
    const file = newFile();
    await open(file).open(at('ann')).state.set('k', '1');
    for (const name of [file, `${file}-wal`]) expect(statSync(name).mode & 0o077).toBe(0);
    expect(statSync(path.dirname(file)).mode & 0o077).toBe(0);
  });

  test('a file that is no database is refused with its name and what to do', () => {
    const file = path.join(folder, 'text.db');
    writeFileSync(file, 'no database, but long enough to be read as one.'.repeat(50));
    expect(() => new SessionStore({ file })).toThrow(/Cannot use the file of sessions .*text\.db/u);
  });
});

/** A process that writes to the session `work` and says after each round what is kept. */
function writer(file: string, principal: string): ChildProcess & { said: () => number } {
  const script = path.join(import.meta.dirname, '../fixtures/session-writer.ts');
  const child = spawn(process.execPath, [script, file, principal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = 0;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    said = Number(line);
  });
  return Object.assign(child, { said: () => said });
}

describe('kill -9 in the middle of writes', () => {
  test('nothing acknowledged is lost, and no file is a mix of two', {
    timeout: 120_000,
  }, async () => {
    const file = newFile();
    for (let round = 0; round < 12; round++) {
      const names = [`ann${round}`, `bob${round}`];
      const children = names.map((name) => writer(file, name));
      const closed = children.map((child) => once(child, 'close'));
      const wanted = 3 + round * 7;
      await expect
        .poll(() => children.every((child) => child.said() >= wanted), {
          timeout: 60_000,
          interval: 1,
        })
        .toBe(true);
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(closed);
      const store = open(file);
      for (const [index, principal] of names.entries()) {
        const said = children[index]?.said() ?? 0;
        const { state, workspace } = store.open({ principal, name: parseSessionName('work') });
        const kept = Number(await state.get('count'));
        expect([said, said + 1]).toContain(kept);
        const files = createFileSystem({ workspace });
        const text = await files.readFile(parseVfsPath('one/text'));
        const [written = 0] = [said, said + 1].filter((one) => text === String(one).repeat(2_000));
        expect(written).toBeGreaterThan(0);
        const sum = await Promise.all(
          (await files.listFiles(parseVfsPath('/workspace/**'))).map(async (name) => {
            const content = await files.readFile(parseVfsPath(name));
            expect(content).toBe(content.slice(0, content.length / 2_000).repeat(2_000));
            return Buffer.byteLength(content);
          }),
        );
        expect(workspace.usage().bytes).toBe(sum.reduce((all, one) => all + one, 0));
      }
    }
  });
});
