import { SandboxError, type ToolCallOutcome } from '@org/core';
import { describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { done, memoryFiles, recordingTools, untilAborted } from './workbench.ts';

const aborted = {
  status: 'aborted',
  error: { name: 'AbortError', code: 'ABORTED', message: 'The run was cancelled.' },
};

/** A sandbox for one run at a time, whose tool \`never\` only answers when it is cancelled. */
async function oneWorker(onCall: () => void = () => {}) {
  const tools = recordingTools(async ({ tool }, signal) => {
    onCall();
    return tool === 'never' ? untilAborted(signal) : done(1);
  });
  const sandbox = await createSandbox({ tools, workers: 1, runs: 1, files: memoryFiles() });
  return { tools, sandbox };
}

/** Compiled first, programs get their workers in the order of the calls of run(). */
async function compiled(sandbox: Sandbox, first: string, second: string) {
  return [await sandbox.compile(first), await sandbox.compile(second)] as const;
}

describe('a signal that aborts', () => {
  test('before the run begins: nothing runs', async () => {
    const { sandbox, tools } = await oneWorker();
    await using _ = sandbox;
    const outcome = await sandbox.run('await callTool("s", "t")', { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ ...aborted, calls: [], logs: [], usage: { fuel: 0 } });
    expect(tools.made).toHaveLength(0);
  });

  test('with a compiled program, before the run begins', async () => {
    const { sandbox } = await oneWorker();
    await using _ = sandbox;
    const program = await sandbox.compile('return 1');
    expect(await sandbox.run(program, { signal: AbortSignal.abort() })).toMatchObject(aborted);
    expect(await sandbox.run(program)).toMatchObject({ value: 1 });
  });

  test('while an import is read', async () => {
    const controller = new AbortController();
    const files = {
      ...memoryFiles(),
      readFile: () => {
        controller.abort();
        return new Promise<never>(() => {});
      },
    };
    await using sandbox = await createSandbox({ files, workers: 1 });
    const outcome = await sandbox.run('import { x } from "/workspace/x.ts"; return x', {
      signal: controller.signal,
    });
    expect(outcome).toMatchObject(aborted);
  });

  test('while it waits for a worker, which the other run keeps', async () => {
    const { sandbox } = await oneWorker();
    await using _ = sandbox;
    const first = new AbortController();
    const programs = await compiled(sandbox, 'await callTool("s", "never")', 'return 2');
    const busy = sandbox.run(programs[0], { signal: first.signal });
    const second = new AbortController();
    const waiting = sandbox.run(programs[1], { signal: second.signal });
    setTimeout(() => second.abort(), 20);
    expect(await waiting).toMatchObject(aborted);
    first.abort();
    expect(await busy).toMatchObject(aborted);
    expect(await sandbox.run('return 3')).toMatchObject({ value: 3 });
  });

  test('while the program computes', async () => {
    const { sandbox } = await oneWorker();
    await using _ = sandbox;
    const controller = new AbortController();
    const onEvent = () => void setTimeout(() => controller.abort(), 20);
    const outcome = await sandbox.run('console.log("on"); await sleep(0); for (;;) ;', {
      signal: controller.signal,
      onEvent,
    });
    expect(outcome).toMatchObject({ ...aborted, logs: [{ message: 'on' }] });
    expect(await sandbox.run('return 1')).toMatchObject({ value: 1 });
  });

  test('while a tool works: its signal aborts, and its call is unknown', async () => {
    const controller = new AbortController();
    const { sandbox, tools } = await oneWorker(() => setImmediate(() => controller.abort()));
    await using _ = sandbox;
    const outcome = await sandbox.run('await callTool("s", "never")', {
      signal: controller.signal,
    });
    expect(outcome).toMatchObject({ ...aborted, calls: [{ tool: 'never', status: 'unknown' }] });
    expect(tools.signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  test('while calls wait for a free slot: they are never sent, and failed', async () => {
    const controller = new AbortController();
    const { sandbox, tools } = await oneWorker(() => setImmediate(() => controller.abort()));
    await using _ = sandbox;
    const outcome = await sandbox.run(
      'await Promise.all(Array.from({ length: 50 }, () => callTool("s", "never")))',
      { signal: controller.signal, limits: { parallelToolCalls: 2 } },
    );
    expect(outcome.status).toBe('aborted');
    expect(outcome.calls.map(({ status }) => status)).toEqual([
      'unknown',
      'unknown',
      ...Array(48).fill('failed'),
    ]);
    expect(tools.made).toHaveLength(2);
  });

  test('at any moment: one outcome, and no call after it', async () => {
    const { sandbox, tools } = await oneWorker();
    await using _ = sandbox;
    const program = await sandbox.compile(
      'for (let i = 0; ; i++) { await Promise.all([callTool("s", "t"), callTool("s", "t"), sleep(0)]); console.log(i) }',
    );
    for (let round = 0; round < 40; round++) {
      const controller = new AbortController();
      const running = sandbox.run(program, {
        signal: controller.signal,
        limits: { parallelToolCalls: 1 },
      });
      for (let turn = 0; turn < round; turn++)
        await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      expect(await running).toMatchObject(aborted);
      const { length } = tools.made;
      await new Promise((resolve) => setImmediate(resolve));
      expect(tools.made).toHaveLength(length);
    }
  });

  test('after the end changes nothing', async () => {
    const { sandbox } = await oneWorker();
    await using _ = sandbox;
    const controller = new AbortController();
    const outcome = await sandbox.run('return 1', { signal: controller.signal });
    controller.abort();
    expect(outcome).toMatchObject({ status: 'returned', value: 1 });
  });
});

describe('a tool that does not keep to the port', () => {
  test('and never answers does not hold up the outcome; what was not sent is not unknown', async () => {
    const tools = recordingTools(() => new Promise<ToolCallOutcome>(() => {}));
    await using sandbox = await createSandbox({ tools, workers: 1 });
    const outcome = await sandbox.run(
      'callTool("s", "a"); callTool("s", "b"); await sleep(1); return 1',
      { limits: { parallelToolCalls: 1 } },
    );
    expect(outcome).toMatchObject({
      status: 'returned',
      value: 1,
      calls: [{ status: 'unknown' }, { status: 'failed' }],
    });
  });

  test('and answers after the end changes nothing', async () => {
    const late = Promise.withResolvers<ToolCallOutcome>();
    const tools = recordingTools(() => late.promise);
    const events: unknown[] = [];
    await using sandbox = await createSandbox({ tools, workers: 1 });
    const outcome = await sandbox.run('callTool("s", "a"); await sleep(1); return 1', {
      onEvent: (event) => events.push(event),
    });
    late.resolve(done('late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcome.calls).toMatchObject([{ status: 'unknown', bytes: 0 }]);
    expect(events).toEqual([]);
  });

  test('and fails after the end changes nothing', async () => {
    const late = Promise.withResolvers<ToolCallOutcome>();
    await using sandbox = await createSandbox({
      tools: recordingTools(() => late.promise),
      workers: 1,
    });
    const outcome = await sandbox.run('callTool("s", "a"); await sleep(1); return 1');
    late.reject(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcome).toMatchObject({ status: 'returned' });
  });
});

describe('close()', () => {
  const closed = {
    status: 'aborted',
    error: { code: 'ABORTED', message: 'The sandbox was closed.' },
  };

  test('ends a run that computes', async () => {
    const { sandbox } = await oneWorker();
    const running = sandbox.run('console.log("on"); await sleep(0); for (;;) ;', {
      onEvent: () => void setTimeout(() => sandbox.close(), 20),
    });
    expect(await running).toMatchObject(closed);
  });

  test('ends a run that waits, and cancels its calls', async () => {
    const { sandbox, tools } = await oneWorker(() => void setImmediate(() => sandbox.close()));
    expect(await sandbox.run('await callTool("s", "never")')).toMatchObject({
      ...closed,
      calls: [{ status: 'unknown' }],
    });
    expect(tools.signals[0]?.aborted).toBe(true);
  });

  test('refuses runs that wait for a worker, and later ones', async () => {
    const { sandbox } = await oneWorker(() => void setImmediate(() => sandbox.close()));
    const programs = await compiled(sandbox, 'await callTool("s", "never")', 'return 1');
    const running = sandbox.run(programs[0]);
    const waiting = expect(sandbox.run(programs[1])).rejects.toMatchObject({
      constructor: SandboxError,
      code: 'ABORTED',
    });
    expect(await running).toMatchObject(closed);
    await waiting;
    await expect(sandbox.run('return 1')).rejects.toMatchObject({
      code: 'ABORTED',
      message: 'The sandbox is closed.',
    });
  });

  test('may be called twice, and at once', async () => {
    const { sandbox } = await oneWorker();
    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox.close();
  });
});
