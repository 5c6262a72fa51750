import { SandboxError, type ToolCallOutcome, type ToolSearch } from '@org/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type RunEvent } from '../src/index.ts';
import { done, memoryFiles, recordingTools, sharedSandbox, untilAborted } from './workbench.ts';

const failed = (status: 'failed' | 'refused' | 'unknown', retryable: boolean): ToolCallOutcome => ({
  status,
  error: { code: 'TOOL_FAILED', message: `It ${status}. Do something else.`, retryable },
});
const outcomes: Readonly<Record<string, () => ToolCallOutcome | Promise<ToolCallOutcome>>> = {
  failed: () => failed('failed', true),
  refused: () => failed('refused', false),
  unknown: () => failed('unknown', false),
  cached: () => done('kept', true),
  text: () => done('x'),
  odd: () => ({ status: 'done', json: '1', cached: false, warning: `odd ${tools.made.length}` }),
  nonsense: () => ({ status: 'done', json: '{nonsense', cached: false }),
  throws: () => {
    throw new Error('/home/someone/secret');
  },
  rejects: () => Promise.reject(new Error('/home/someone/secret')),
  nothing: () => undefined as never,
};
const tools = recordingTools(({ tool, paramsJson }, signal) =>
  tool === 'never'
    ? untilAborted(signal)
    : (outcomes[tool] ?? (() => done({ echo: JSON.parse(paramsJson) })))(),
);
const files = memoryFiles();
beforeEach(() => {
  files.files.clear();
  files.files.set('/workspace/a.txt', 'A');
  files.files.set('/workspace/folder/b.txt', 'B');
});
const search: ToolSearch = async (query, options) => ({
  hits: [{ server: 's', tool: query, text: JSON.stringify(options) }],
  imports: [],
  found: 1,
});
const { value, error, run } = sharedSandbox({ tools, files, search });

const caught = (call: string) =>
  `try { await ${call}; return 'no error' } catch (e) { return { name: e.name, code: e.code, message: e.message, retryable: e.retryable, error: e instanceof Error } }`;

describe('callTool()', () => {
  test('resolves to the answer, and is in the record', async () => {
    const outcome = await run('return await callTool("s", "echo", { a: [1, null] })');
    expect(outcome).toMatchObject({
      status: 'returned',
      value: { echo: { a: [1, null] } },
      calls: [{ server: 's', tool: 'echo', status: 'done', bytes: 23, cached: false }],
      usage: { toolCalls: 1, cacheHits: 0, bytesFromTools: 23 },
    });
  });

  test('what there is to know of a result is in the logs, once a tool and run, at its place', async () => {
    const events: RunEvent[] = [];
    const source = `
      console.log('before');
      await callTool('s', 'odd');
      console.log('between');
      await Promise.all([callTool('s', 'odd'), callTool('t', 'odd')]);
    `;
    const onEvent = (event: RunEvent) => events.push(event);
    for (let times = 0; times < 2; times++) {
      const from = tools.made.length;
      const { logs } = await run(source, { onEvent });
      expect(logs).toEqual([
        { level: 'info', message: 'before' },
        { level: 'warn', message: `odd ${from + 1}` },
        { level: 'info', message: 'between' },
        { level: 'warn', message: `odd ${from + 3}` },
      ]);
    }
    expect(events.filter(({ type }) => type === 'log')).toHaveLength(8);
  });

  test('has {} as parameters when there are none', async () => {
    expect(await value('return await callTool("s", "echo")')).toEqual({ echo: {} });
    expect(await value('return await callTool("s", "echo", undefined)')).toEqual({ echo: {} });
  });

  test.each([
    ['failed', true],
    ['refused', false],
    ['unknown', false],
  ])('rejects when the call %s, with what may be done', async (status, retryable) => {
    const outcome = await run(caught(`callTool("s", "${status}")`));
    expect(outcome).toMatchObject({
      status: 'returned',
      value: {
        name: 'ToolCallError',
        code: 'TOOL_FAILED',
        message: `It ${status}. Do something else.`,
        retryable,
        error: true,
      },
      calls: [{ status, bytes: 0 }],
    });
  });

  test('that fails and is not caught ends the run with its code', async () => {
    expect(await error('await callTool("s", "failed")')).toMatchObject({
      name: 'ToolCallError',
      code: 'TOOL_FAILED',
      message: 'It failed. Do something else.',
    });
  });

  test('that was cached is in the record as such', async () => {
    expect(await run('return await callTool("s", "cached")')).toMatchObject({
      value: 'kept',
      calls: [{ cached: true }],
      usage: { cacheHits: 1 },
    });
  });

  test.each(['throws', 'rejects', 'nothing'])(
    'whose port %s fails without detail, and the run goes on',
    async (tool) => {
      const outcome = await run(caught(`callTool("s", "${tool}")`));
      expect(outcome).toMatchObject({
        status: 'returned',
        value: { code: 'INTERNAL', retryable: false },
      });
      expect(JSON.stringify(outcome)).not.toContain('someone');
    },
  );

  test('whose answer is no JSON rejects, and the run goes on', async () => {
    expect(await value(caught('callTool("s", "nonsense")'))).toMatchObject({ name: 'SyntaxError' });
  });

  test.each([
    ['a server that is no text', 'callTool(5, "t")', 'The server must be a string, not number.'],
    ['a tool that is null', 'callTool("s", null)', 'The tool must be a string, not null.'],
    ['a tool with a lone surrogate', 'callTool("s", "\\ud800")', 'lone surrogate'],
    ['parameters with a BigInt', 'callTool("s", "t", { a: 5n })', 'A BigInt at $.a'],
    [
      'parameters in a cycle',
      'callTool("s", "t", (() => { const a = {}; a.a = a; return a })())',
      'A cycle at $.a',
    ],
    [
      'parameters that are too deep',
      'callTool("s", "t", (() => { let a = 1; for (let i = 0; i < 257; i++) a = [a]; return a })())',
      'deeper than 256',
    ],
    [
      'parameters whose getter throws',
      'callTool("s", "t", { get a() { throw new TypeError("mine") } })',
      'mine',
    ],
  ])('rejects %s as a TypeError, and nothing is sent', async (_, call, message) => {
    const before = tools.made.length;
    expect(await value(caught(call))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining(message),
    });
    expect(tools.made).toHaveLength(before);
  });

  test('stringifies the parameters once, when it is called', async () => {
    const source = `const p = { n: 1, get m() { return ++this.n } }; const call = callTool('s', 'echo', p); p.n = 50; return [await call, p.n]`;
    expect(await value(source)).toEqual([{ echo: { n: 1, m: 2 } }, 50]);
  });

  test('may be called from a getter of another call’s parameters', async () => {
    const source = `let inner; const outer = callTool('s', 'echo', { get a() { inner = callTool('s', 'echo', { b: 'x'.repeat(3000) }); return 1 } }); return [await outer, (await inner).echo.b.length]`;
    expect(await value(source)).toEqual([{ echo: { a: 1 } }, 3000]);
  });

  test('that nobody waits for is cancelled at the end', async () => {
    const outcome = await run(
      'callTool("s", "never"); callTool("s", "never"); await sleep(1); return 1',
    );
    expect(outcome).toMatchObject({
      status: 'returned',
      value: 1,
      calls: [{ status: 'unknown' }, { status: 'unknown' }],
    });
    expect(tools.signals.at(-1)?.aborted).toBe(true);
  });

  test('settles in the order of the answers', async () => {
    const source = `const order = []; await Promise.all(['a', 'b', 'c', 'd'].map((x) => callTool('s', 'echo', { x }).then((r) => order.push(r.echo.x)))); return order`;
    expect(((await value(source)) as string[]).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('tool calls at the same time', () => {
  test('are never more than allowed, and all are made', async () => {
    let now = 0;
    let most = 0;
    const slow = recordingTools(async ({ paramsJson }) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return done(JSON.parse(paramsJson));
    });
    await using sandbox = await createSandbox({ tools: slow, workers: 1 });
    const source =
      'return Promise.all(Array.from({ length: 60 }, (_, i) => callTool("s", "t", [i])))';
    const outcome = await sandbox.run(source, { limits: { parallelToolCalls: 3 } });
    expect(outcome).toMatchObject({
      status: 'returned',
      value: [...Array(60).keys()].map((i) => [i]),
    });
    expect(most).toBe(3);
  });
});

describe('files', () => {
  test('are written, read and listed', async () => {
    const source = `await writeFile('new/c.txt', 'C\\ufeff🎉'); return [await readFile('new/c.txt'), await readFile('/workspace/a.txt'), await listFiles(), await listFiles('/workspace/folder')]`;
    expect(await value(source)).toEqual([
      'C\ufeff🎉',
      'A',
      ['a.txt', 'folder/', 'new/'],
      ['b.txt'],
    ]);
    expect(files.files.get('/workspace/new/c.txt')).toBe('C\ufeff🎉');
  });

  test.each([
    '\ufeffwith a mark',
    '',
    '\0\u2028\r\n',
    '🎉'.repeat(20_000),
    `${'x'.repeat(16_383)}🎉`,
  ])('keep their text exactly (%#)', async (text) => {
    files.files.set('/workspace/in.txt', text);
    expect(
      await value(
        'const t = await readFile("in.txt"); await writeFile("out.txt", t); return t.length',
      ),
    ).toBe(text.length);
    expect(files.files.get('/workspace/out.txt')).toBe(text);
  });

  test.each([
    ['readFile("/nope")', 'FILE_NOT_FOUND', 'There is no /nope.'],
    ['listFiles("/nope")', 'FILE_NOT_FOUND', 'There is no /nope.'],
    [
      'writeFile("/mcp-tools/x", "y")',
      'READ_ONLY',
      '/mcp-tools/x cannot be written. Use /workspace.',
    ],
    ['readFile("../../etc/passwd")', 'INVALID_PATH', 'it leaves the root'],
    ['readFile("file:///etc/passwd")', 'INVALID_PATH', 'it is a URL'],
    ['readFile("%2e%2e/x")', 'INVALID_PATH', 'encoded'],
    ['readFile("a\\0b")', 'INVALID_PATH', 'control'],
    ['writeFile("a\\\\b", "")', 'INVALID_PATH', 'backslash'],
    ['listFiles("x".repeat(1e6))', 'INVALID_PATH', '1024 characters'],
    ['readFile("\\uff0e\\uff0e/x")', 'INVALID_PATH', 'looks like'],
  ])('%s fails with %s', async (call, code, message) => {
    expect(await value(caught(call))).toMatchObject({
      code,
      message: expect.stringContaining(message),
      error: true,
    });
  });

  test.each([
    ['readFile()', 'The path must be a string, not undefined.'],
    [
      'writeFile("a.txt", { toString: () => "x" })',
      'The text to write must be a string, not object.',
    ],
    ['writeFile("a.txt", "\\ud800")', 'lone surrogate'],
    ['readFile("\\udc00")', 'lone surrogate'],
  ])('%s is a TypeError', async (call, message) => {
    expect(await value(caught(call))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining(message),
    });
    expect(files.files.get('/workspace/a.txt')).toBe('A');
  });
});

describe('state', () => {
  test('goes from run to run as JSON', async () => {
    await value('await setState("k", { a: [1, null, new Date(0)] }); return 1');
    expect(await value('return [await getState("k"), typeof (await getState("other"))]')).toEqual([
      { a: [1, null, '1970-01-01T00:00:00.000Z'] },
      'undefined',
    ]);
    expect(await value('await setState("k", null); return [await getState("k")]')).toEqual([null]);
  });

  test.each([
    ['setState("k", 5n)', 'A BigInt at $'],
    ['setState("k", new Map())', 'A Map at $'],
    ['setState(5, 1)', 'The key must be a string'],
    ['getState("\\ud800")', 'lone surrogate'],
  ])('%s is a TypeError', async (call, message) => {
    expect(await value(caught(call))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining(message),
    });
  });

  test('of over 4 MiB is refused, and what was there stays', async () => {
    const source = `await setState('big', 'x'.repeat(3e6)); const e = await setState('big2', 'x'.repeat(2e6)).catch((e) => e.code); await setState('big', 1); await setState('big2', 'x'.repeat(2e6)); return [e, await getState('big')]`;
    expect(await value(source)).toEqual(['QUOTA_EXCEEDED', 1]);
  });
});

describe('searchTools()', () => {
  test('gives what the port finds for query and options', async () => {
    const hit = { server: 's', tool: 'q', text: '{"detail":"full","limit":3}' };
    const source = 'return await searchTools("q", { detail: "full", limit: 3 })';
    expect(await value(source)).toEqual({ hits: [hit], imports: [], found: 1 });
    expect(await value('return (await searchTools("q")).hits[0].text')).toBe('{}');
  });

  test.for([
    ['{ detail: "__proto__" }', 'must be one of name, signature, full'],
    ['{ detail: undefined, limit: 0 }', 'whole number from 1 to 200'],
    ['{ limit: "5" }', 'whole number from 1 to 200'],
    ['{ limt: 5 }', 'no option "limt". Did you mean "limit"?'],
    ['JSON.parse(\'{"__proto__": 1}\')', 'no option "__proto__"'],
    ['[]', 'must be an object'],
    ['{ detail: "x".repeat(1e6) }', 'must be an object of at most 1,000 characters'],
  ])('refuses the options %s', async ([options, message]) => {
    const source = `try { await searchTools("q", ${options}) } catch ({ code, message }) { return { code, message } }`;
    expect(await value(source)).toEqual({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining(message as string),
    });
  });

  test('of a sandbox without tools finds nothing and says so', async () => {
    await using sandbox = await createSandbox();
    const outcome = await sandbox.run('return await searchTools("anything")');
    expect(outcome).toMatchObject({ value: { hits: [], note: 'There are no tools.' } });
  });
});

describe('waiting', () => {
  test('for what nothing can settle is a deadlock, at once', async () => {
    expect(await error('await new Promise(() => {})')).toMatchObject({
      name: 'DeadlockError',
      code: 'DEADLOCK',
    });
    expect(
      await error(
        'await sleep(1); const t = setTimeout(() => {}, 1e6); clearTimeout(t); await new Promise(() => {})',
      ),
    ).toMatchObject({ code: 'DEADLOCK' });
  });

  test('of over 10,000 calls is refused, and can be caught', async () => {
    const source = `const all = []; let refused = 0; for (let i = 0; i < 10050; i++) all.push(sleep(1).catch((e) => { if (e.code === 'QUOTA_EXCEEDED') refused++ })); await Promise.all(all); await sleep(0); return refused`;
    expect(await value(source)).toBe(50);
  });
});

describe('onEvent', () => {
  test('is told of each log line and each call, in order', async () => {
    const events: RunEvent[] = [];
    await run(
      'console.log("a"); await callTool("s", "text"); console.warn("b"); await callTool("s", "refused").catch(() => {}); return 1',
      { onEvent: (event) => events.push(event) },
    );
    expect(events).toMatchObject([
      { type: 'log', log: { level: 'info', message: 'a' } },
      { type: 'call', call: { tool: 'text', status: 'done' } },
      { type: 'log', log: { level: 'warn', message: 'b' } },
      { type: 'call', call: { tool: 'refused', status: 'refused' } },
    ]);
  });

  test.each([
    ['a log line', 'console.log("a"); callTool("s", "never"); await sleep(1e6)'],
    ['a call', 'callTool("s", "never"); await callTool("s", "text"); await sleep(1e6)'],
  ])(
    'that throws at %s is a fault of the host, and ends the run and its calls',
    async (_, source) => {
      const before = tools.signals.length;
      const cause = new Error('watcher');
      const onEvent = () => {
        throw cause;
      };
      await expect(run(source, { onEvent })).rejects.toMatchObject({
        constructor: SandboxError,
        code: 'ENGINE_FAULT',
        cause,
      });
      expect(tools.signals.slice(before).every((signal) => signal.aborted)).toBe(true);
      expect(await value('return 1')).toBe(1);
    },
  );
});
