import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createObservedTypes, memoryObservedStore } from '@org/codegen';
import { parseServerId, profiles, type RunOutcome, type ToolDefinition } from '@org/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ActiveRuns } from '../../src/serve/active-runs.ts';
import { followedRun } from '../../src/serve/followed-run.ts';
import { limitsOfRun, mostFor, withinMost } from '../../src/serve/limits-clamp.ts';
import { LiveSessions } from '../../src/serve/live-sessions.ts';
import { parseListen } from '../../src/serve/serve-flags.ts';
import { parseSessionName } from '../../src/serve/sessions/session-name.ts';
import { SessionStore } from '../../src/serve/sessions/session-store.ts';
import { isThisCommand } from '../../src/serve/this-command.ts';

const { strict, moderate, permissive } = profiles;

describe('limits', () => {
  test("mostFor() gives the smaller one of the operator's and the token's, for each limit", () => {
    expect(mostFor(moderate, undefined)).toEqual(moderate);
    expect(mostFor(moderate, { profile: 'permissive' })).toEqual(moderate);
    expect(mostFor(moderate, { profile: 'strict' })).toEqual(strict);
    const overrides = { wallMs: 10, toolCalls: 1e9 };
    expect(mostFor(moderate, { overrides })).toEqual({ ...moderate, wallMs: 10 });
    expect(() => mostFor(moderate, { profile: 'strict', overrides: { wallMs: -1 } })).toThrow();
  });

  test('limitsOfRun() gives what is asked for or usual, and never more than the most', () => {
    expect(limitsOfRun(permissive, {})).toEqual(moderate);
    expect(limitsOfRun(strict, {})).toEqual(strict);
    expect(limitsOfRun(permissive, { wallMs: 90_000 }).wallMs).toBe(90_000);
    expect(limitsOfRun(permissive, { wallMs: 1e9 }).wallMs).toBe(permissive.wallMs);
    expect(withinMost(strict, { fuel: 1e15, wallMs: 5 })).toEqual({ fuel: strict.fuel, wallMs: 5 });
  });
});

describe('parseListen()', () => {
  test.each([
    ['8383', { port: 8383 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['mcp.example.org:65535', { host: 'mcp.example.org', port: 65_535 }],
  ])('takes %s', (text, listen) => {
    expect(parseListen(text)).toEqual(listen);
  });

  test.each(['', 'x', ':1', '1:2:3', '::1:80', '65536', '-1', '127.0.0.1:', '80 80'])(
    'refuses %j',
    (text) => {
      expect(() => parseListen(text)).toThrow(/--http/u);
    },
  );
});

test('isThisCommand() knows the command in the ways that it is started', () => {
  const of = (command: string, ...args: string[]) =>
    isThisCommand({ type: 'stdio', command, args, env: [] });
  expect(of('mcp-cli', 'serve')).toBe(true);
  expect(of('/usr/local/bin/mcp-cli', 'serve', '--config', 'x')).toBe(true);
  expect(of('npx', 'mcp-cli', 'serve')).toBe(true);
  expect(of('node', '/x/bin/mcp-cli.js', 'serve')).toBe(true);
  expect(of('mcp-cli', 'execute')).toBe(false);
  expect(of('my-mcp-cli', 'serve')).toBe(false);
  expect(isThisCommand({ type: 'http', url: 'http://mcp-cli/serve', headers: [] })).toBe(false);
});

describe('LiveSessions', () => {
  let folder = '';
  let count = 0;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'live-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function open(options: object) {
    const ended: string[] = [];
    const store = new SessionStore({ file: path.join(folder, `${++count}.db`) });
    const sessions = new LiveSessions({
      ...{ store, operators: createObservedTypes({ store: memoryObservedStore() }) },
      onEnd: ({ principal, name }) => ended.push(`${principal}/${name}`),
      onProblem: (message) => expect.fail(message),
      ...options,
    });
    const use = <Result>(name: string, work: () => Promise<Result> = async () => 0 as Result) =>
      sessions.use({ principal: 'ann', name: parseSessionName(name) }, work);
    return { sessions, ended, use, store };
  }

  test('a session that nobody uses leaves the memory after its time, one in use does not', async () => {
    const { sessions, ended, use } = open({ idleMs: 1_000 });
    await use('idle');
    const { promise, resolve } = Promise.withResolvers<void>();
    const using = use('busy', () => promise);
    await expect.poll(() => sessions.size).toBe(2);
    sessions.sweep(Date.now() + 500);
    expect(ended).toEqual([]);
    sessions.sweep(Date.now() + 2_000);
    expect(ended).toEqual(['ann/idle']);
    resolve();
    await using;
    sessions.sweep(Date.now() + 2_000);
    expect(ended).toEqual(['ann/idle', 'ann/busy']);
    expect(sessions.size).toBe(0);
  });

  test('of too many, those used longest ago go', async () => {
    const { sessions, ended, use } = open({ most: 2 });
    for (const name of ['one', 'two', 'one', 'three']) await use(name);
    expect(ended).toEqual(['ann/two']);
    expect(sessions.size).toBe(2);
  });

  test('what was learned is kept when the work ends, and known when the session comes back', async () => {
    const { sessions, store } = open({ most: 1 });
    const server = parseServerId('github');
    const tool = {
      name: 'get',
      digest: 'a'.repeat(64),
      inputSchema: {},
    } as unknown as ToolDefinition;
    const key = { principal: 'ann', name: parseSessionName('work') };
    await sessions.use(key, ({ learning }) => learning.observer.onResult(server, tool, { id: 1 }));
    expect(await store.open(key).observed.read(server)).toContain('"get"');
    await sessions.use({ ...key, name: parseSessionName('other') }, async () => {});
    const catalog = { server, tools: [tool] } as never;
    const types = await sessions.use(key, ({ learning }) => learning.typesOf(catalog));
    expect([...types.keys()]).toEqual(['get']);
    const others = await sessions.use({ ...key, principal: 'bob' }, ({ learning }) =>
      learning.typesOf(catalog),
    );
    expect([...others.keys()]).toEqual([]);
  });
});

describe('a run and its client', () => {
  const closed = Object.assign(new Error('Connection closed'), { code: 'CONNECTION_CLOSED' });

  async function follow(reason: unknown, isRecorded = true) {
    const controller = new AbortController();
    const end = Promise.withResolvers<RunOutcome>();
    const done: string[] = [];
    const run = await followedRun(
      { signal: controller.signal, onEvent: (event) => done.push(event.type) },
      async ({ signal }) => {
        signal.addEventListener('abort', () => {
          done.push('aborted');
          end.resolve({} as RunOutcome);
        });
        const suspend = async () => {
          done.push('suspended');
          end.resolve({} as RunOutcome);
        };
        return { runId: 'r', outcome: end.promise, ...(isRecorded && { suspend }) };
      },
    );
    controller.abort(reason);
    await run.outcome;
    return done;
  }

  test('a client that goes away leaves a recorded run suspended', async () => {
    expect(await follow(closed)).toEqual(['started', 'suspended']);
  });

  test('what the client cancels is aborted, and so is a run that is not recorded', async () => {
    expect(await follow('the user pressed stop')).toEqual(['started', 'aborted']);
    expect(await follow(undefined)).toEqual(['started', 'aborted']);
    expect(await follow(closed, false)).toEqual(['started', 'aborted']);
  });

  test('suspendAll() aborts what cannot be suspended, and waits for the end', async () => {
    const ended: unknown[] = [];
    const active = new ActiveRuns((outcome) => ended.push(outcome));
    const end = Promise.withResolvers<RunOutcome>();
    const outcome = { status: 'aborted' } as RunOutcome;
    const waiting = active.until({
      ...{ runId: 'r', outcome: end.promise },
      suspend: async () => {
        throw new Error('it cannot be');
      },
      abort: () => end.resolve(outcome),
    });
    expect(active.size).toBe(1);
    await active.suspendAll();
    expect(await waiting).toBe(outcome);
    expect([active.size, ended]).toEqual([0, [outcome]]);
  });
});
