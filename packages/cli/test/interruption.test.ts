import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { outcomeOf, servers, test, type Workshop } from './harness.ts';

/** Far less than any limit that would end the run by itself, and far more than ending takes. */
const soonMs = 15_000;

async function end(workshop: Workshop, args: string[], signal: NodeJS.Signals, when: string) {
  const { child, heard, finished } = await workshop.start(args);
  if (when.endsWith('.pid')) await workshop.pidOf(when.replace('.pid', ''));
  else await heard(when);
  const sentAt = performance.now();
  child.kill(signal);
  const result = await finished;
  expect(performance.now() - sentAt).toBeLessThan(soonMs);
  return result;
}

describe.concurrent('an interrupted command ends with 130 and leaves no server behind:', () => {
  test.for<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM'], ['SIGHUP']])(
    '%s during a loop that gives nothing back',
    async ([signal], { workshop }) => {
      await workshop.write('program.ts', "console.log('started'); await sleep(1); for (;;);");
      const result = await end(workshop, ['execute', 'program.ts'], signal, '[info] started');
      expect(result).toMatchObject({ code: 130, signal: null, stdout: '' });
      expect(result.stderr).toContain('Error: The run was cancelled.\n');
    },
  );

  test.for<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM']])(
    '%s during a call that is never answered, with --json',
    async ([signal], { workshop }) => {
      await workshop.configure({ tools: servers.tools });
      await workshop.write(
        'program.ts',
        `import { greet, never_ } from './servers/tools';
         console.log(await greet({ name: 'Ada' }));
         await never_();`,
      );
      const args = ['execute', 'program.ts', '--json'];
      const result = await end(workshop, args, signal, 'called.pid');
      expect(result).toMatchObject({ code: 130, signal: null });
      expect(outcomeOf(result, 'error')).toMatchObject({
        status: 'aborted',
        error: { code: 'ABORTED' },
        logs: [{ level: 'info', message: 'Hello Ada!' }],
        calls: [
          { tool: 'greet', status: 'done' },
          { tool: 'never', status: 'unknown' },
        ],
      });
    },
  );

  test('a call that was under way is unknown, and what the program logged is kept', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write(
      'program.ts',
      `const call = callTool('tools', 'never', {});
       await callTool('tools', 'greet', { name: 'Ada' });
       console.log('under way');
       await call;`,
    );
    const result = await end(workshop, ['execute', 'program.ts'], 'SIGINT', '[info] under way');
    expect(result).toMatchObject({ code: 130, stdout: '' });
    expect(result.stderr).toContain('\n  unknown tools.never ');
    expect(result.stderr).toContain('\n  done    tools.greet ');
    expect(result.stderr).toMatch(/\naborted: .*, 2 calls/u);
  });

  test.for<[string, string[]]>([
    ['introspect', ['introspect', 'mute']],
    ['generate', ['generate', 'mute', '--json']],
    ['a program that imports it', ['execute', 'import.ts', '--json']],
    ['a program that calls it', ['execute', 'call.ts', '--json']],
  ])('a server that never answers the handshake, in %s', async ([, args], { workshop }) => {
    await workshop.configure({ mute: servers.mute });
    await workshop.write('import.ts', "import * as mute from './servers/mute'; return mute");
    await workshop.write('call.ts', "await callTool('mute', 'x', {})");
    const result = await end(workshop, args, 'SIGTERM', 'mute.pid');
    expect(result).toMatchObject({ code: 130, signal: null });
    if (args[0] === 'execute') {
      const { status, error } = outcomeOf(result, 'error');
      expect([status, error.code]).toEqual(['aborted', 'ABORTED']);
    } else if (args.includes('--json')) expect(result.json().error.code).toBe('ABORTED');
    else expect(result).toMatchObject({ stdout: '', stderr: 'Error: Interrupted.\n' });
  });

  test('a second signal does not wait for a server that does not want to end', async ({
    workshop,
  }) => {
    await workshop.configure({ mute: servers.mute });
    const { child, finished } = await workshop.start(['introspect', 'mute']);
    await workshop.pidOf('mute');
    child.kill('SIGINT');
    const again = setInterval(() => child.kill('SIGINT'), 50);
    const result = await finished;
    clearInterval(again);
    expect(result).toMatchObject({ code: 130, signal: null, stdout: '' });
  });

  test('a program that is read from a pipe without an end is given up', async ({ workshop }) => {
    await promisify(execFile)('mkfifo', [workshop.path('pipe')]);
    const { child, finished } = await workshop.start(['execute', 'pipe']);
    // Opens as soon as the command reads from the other end.
    const writer = await open(workshop.path('pipe'), 'w');
    child.kill('SIGTERM');
    const { code, signal, stdout } = await finished;
    await writer.close();
    // Nothing was started that would have to be ended, so the signal acts as on any process.
    expect([code, signal, stdout]).toEqual([null, 'SIGTERM', '']);
  });
});

describe.concurrent('a reader that goes away', () => {
  test.for<[string[], number]>([
    [['--help'], 0],
    [['introspect', 'tools', '--json'], 0],
    [['execute', 'large.ts'], 0],
    [['execute', 'large.ts', '--json'], 0],
    [['execute', 'throw.ts', '--json'], 1],
  ])('%j says nothing about its closed stdout', async ([args, code], { workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('large.ts', "return 'x'.repeat(1_000_000)");
    await workshop.write('throw.ts', "throw new Error('x'.repeat(1_000_000))");
    const { child, finished } = await workshop.start(args);
    child.stdout?.destroy();
    const result = await finished;
    expect(result).toMatchObject({ code, signal: null });
    expect(result.stderr).not.toMatch(/EPIPE|Warning|node:|\.js/u);
  });

  test('a closed stderr does not change how a run ends', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write(
      'program.ts',
      `for (let n = 0; n < 5; n++) {
         console.log(n);
         await callTool('tools', 'greet', { name: 'Ada' });
       }
       return 'done';`,
    );
    const { child, finished } = await workshop.start(['execute', 'program.ts']);
    child.stderr?.destroy();
    expect(await finished).toMatchObject({ code: 0, stdout: '"done"\n' });
  });
});
