import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import type { RunOutcome, ServerId, ToolName } from '@org/core';
import { expect, test, vi } from 'vitest';
import { RunReporter } from '../src/run-reporter.ts';
import { StatusLine } from '../src/status-line.ts';

/** What is written, and no terminal. */
class Written extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 60;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override write(text: string): boolean {
    this.text += text;
    return true;
  }
}

function reporter(enabled = true, isTTY = false): { written: Written; report: RunReporter } {
  const written = new Written(isTTY);
  const stream = written as unknown as WriteStream;
  const line = new StatusLine(stream, { env: {}, others: [] });
  return { written, report: new RunReporter(stream, enabled, line) };
}

const acting = '\u001B[2J\u001B]0;owned\u0007\u009B31m\u202E\r';
const usage = {
  ...{ fuel: 1_234, memoryBytes: 2 ** 20, wallMs: 1.5, toolCalls: 0 },
  ...{ cacheHits: 0, bytesFromTools: 0, bytesReturned: 0 },
};
const record = { logs: [], calls: [], usage, runId: 'r' };

test('a log line cannot act on the terminal, nor pass for a line of ours', () => {
  const { written, report } = reporter();
  const message = `a${acting}b\n[error] forged\r\nreturned: fuel 1`;
  report.event({
    type: 'log',
    log: { level: 'info', message, fields: { [`k${acting}`]: `v${acting}\nv` } },
  });
  const [first, ...more] = written.text.split('\n');
  expect(first).toBe('[info] a');
  expect(more.slice(0, 3)).toEqual([
    '  b',
    '  [error] forged',
    expect.stringMatching(/^ {2}returned: fuel 1 \{/u),
  ]);
  expect(written.text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/u);
});

test('an error and the calls of a program cannot act on the terminal', () => {
  const { written, report } = reporter();
  const call = { status: 'failed', ms: 1, bytes: 2_048, cached: false } as const;
  report.end({
    ...record,
    status: 'threw',
    error: { name: acting, message: acting, stack: `Error: x${acting}\n    at a${acting}.ts:1:2` },
    calls: [{ ...call, server: `s${acting}\n`, tool: `t\n  done ${'x'.repeat(10_000)}` }],
  });
  const lines = written.text.split('\n');
  expect(lines.filter((line) => line.startsWith('  failed  s .t done xxx'))).toHaveLength(1);
  expect(written.text).toContain('1 ms, 2.0 KiB\n');
  expect(written.text.length).toBeLessThan(1_000);
  expect(written.text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/u);
});

test.each<[string, RunOutcome, string]>([
  [
    'a limit and its remedy',
    { ...record, status: 'limit', limit: { kind: 'memory', allowed: 64 * 2 ** 20 } },
    'Stopped: the limit memory (64.0 MiB) was reached.\nKeep less at one time',
  ],
  [
    'a cancelled run',
    { ...record, status: 'aborted', error: { name: 'E', message: `gone${acting}`, stack: '' } },
    'Error: gone\n',
  ],
  ['the summary', { ...record, status: 'suspended' }, 'suspended: fuel 1,234, memory 1.0 MiB, 1.5'],
])('end() tells %s', (_what, outcome, text) => {
  const { written, report } = reporter();
  report.end(outcome);
  expect(written.text).toContain(text);
  expect(written.text).not.toContain('\u001B');
});

test('a reporter that is not enabled writes nothing', () => {
  const { written, report } = reporter(false);
  report.event({ type: 'log', log: { level: 'info', message: 'x' } });
  report.end({ ...record, status: 'returned', value: 1 });
  expect(written.text).toBe('');
});

test('hold() keeps what a program logs away from a question until it is answered', () => {
  const { written, report } = reporter();
  const held = report.hold();
  report.event({ type: 'log', log: { level: 'info', message: 'Allow it? y' } });
  expect(written.text).toBe('');
  held[Symbol.dispose]();
  expect(written.text).toBe('[info] Allow it? y\n');
});

test('bridgeEvent() shows what changed with nothing in it acting on the terminal', () => {
  const { written, report } = reporter();
  const names = { server: 'tools' as ServerId, tool: `a${acting}` as ToolName };
  const changes = [{ part: 'description', before: `"${acting}"`, after: '"new\u200B"' }];
  report.bridgeEvent({ type: 'definitionChanged', ...names, changes });
  report.bridgeEvent({ type: 'resultInvalid', ...names, problems: `x${acting}` });
  expect(written.text).toContain('was "\\u{001b}[2J');
  expect(written.text).toContain('is  "new\\u{200b}"');
  expect(written.text).not.toMatch(/[^\P{C}\n]/u);
});

test('what a server logs is a line that cannot act, and dim on a terminal', () => {
  const event = { server: 'files' as ServerId, kind: 'log', level: 'warn' } as const;
  const { written, report } = reporter();
  report.serverEvent({ ...event, text: `slow${acting}\n[info] forged` });
  expect(written.text).toBe('files [warn] slow\n  [info] forged\n');
  const terminal = reporter(true, true);
  terminal.report.serverEvent({ ...event, text: `slow${acting}` });
  expect(terminal.written.text).toMatch(/^(?:\u001B\[2m)?files \[warn\] slow(?:\u001B\[22m)?\n$/u);
  const silent = reporter(false);
  silent.report.serverEvent({ ...event, text: 'slow' });
  expect(silent.written.text).toBe('');
});

test('progress is shown on a terminal only, in one line that is replaced', async () => {
  const progress = {
    server: 'files' as ServerId,
    kind: 'progress',
    level: 'info',
    tool: 'copy',
    text: `3 of 9: ${acting}\n${'x'.repeat(500)}`,
  } as const;
  const { written, report } = reporter();
  report.serverEvent(progress);
  expect(written.text).toBe('');
  const terminal = reporter(true, true);
  terminal.report.begin();
  terminal.report.serverEvent(progress);
  await vi.waitFor(() => expect(terminal.written.text).toContain('files.copy: 3 of 9: x'), 60_000);
  for (const line of terminal.written.text.split('\r\u001B[K')) {
    expect(line.length).toBeLessThan(60);
    expect(line).not.toMatch(/[\n\u001B]/u);
  }
  terminal.report.end({ status: 'returned', value: 1, ...record });
});

test('calls that wait for their turn are told', () => {
  const { written, report } = reporter();
  const waiting = { type: 'waiting', server: 's' as ServerId, tool: 't' as ToolName } as const;
  report.bridgeEvent({ ...waiting, waitsFor: 'rate', ms: 8_240 });
  report.bridgeEvent({ ...waiting, waitsFor: 'slot' });
  expect(written.text).toBe(
    '[waiting] s.t waits for its turn: its rate is used up for 8.2 s.\n' +
      '[waiting] s.t waits for other calls of its server to end.\n',
  );
});
