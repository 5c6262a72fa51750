import { expect, test, vi } from 'vitest';
import { StatusLine } from '../src/status-line.ts';

/** A terminal that shows what was written to it. */
class Terminal {
  text = '';
  isTTY = true;
  columns = 40;

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  /** Its last line. */
  get line(): string {
    return (this.text.split('\n').at(-1) as string).split('\r\u001B[K').at(-1) as string;
  }
}

type Stream = ConstructorParameters<typeof StatusLine>[0];
const open = (env = {}, terminal = new Terminal(), others: Terminal[] = []) => {
  const streams = others as unknown as Stream[];
  const line = new StatusLine(terminal as unknown as Stream, { env, others: streams });
  return { terminal, line };
};

test('what takes long is shown with its time, and is gone in the end', async () => {
  const { terminal, line } = open();
  {
    using _ = line;
    line.show(() => 'reading');
    using files = line.waitFor('files');
    await vi.waitFor(() =>
      expect(terminal.line).toMatch(/^[-\\|/] reading, waiting for files \d\.\d s$/u),
    );
    files[Symbol.dispose]();
    await vi.waitFor(() => expect(terminal.line).toMatch(/^[-\\|/] reading \d\.\d s$/u));
  }
  expect(terminal.line).toBe('');
  expect(terminal.text).not.toMatch(/reading.*0\.[0-2] s/u);
  expect(Object.hasOwn(terminal, 'write')).toBe(false);
});

test('what others write stands above it, whole', async () => {
  const stdout = new Terminal();
  const { terminal, line } = open({}, new Terminal(), [stdout]);
  using _ = line;
  line.show(() => 'reading');
  for (const writer of [terminal, stdout]) {
    await vi.waitFor(() => expect(terminal.line).toContain('reading'));
    writer.write('a line\n');
    expect(terminal.line).toBe('');
    expect(writer.text).toMatch(/(?:^|\r\u001B\[K)a line\n$/u);
  }
});

test('it keeps still while it is held, and never wraps or acts on the terminal', async () => {
  const { terminal, line } = open({ LANG: 'C.UTF-8' });
  using _ = line;
  line.show(() => `x\u001B[2J\u202E\n${'y'.repeat(200)}`);
  await vi.waitFor(() => expect(terminal.line).toMatch(/^⠋?.+ \d\.\d s$/u));
  expect(terminal.line.length).toBeLessThan(40);
  expect(terminal.line).not.toMatch(/[\u001B\u202E]/u);
  const held = line.hold();
  const { text } = terminal;
  await new Promise((resolve) => setImmediate(resolve));
  expect(terminal.text).toBe(text);
  held[Symbol.dispose]();
  held[Symbol.dispose]();
  await vi.waitFor(() => expect(terminal.line).toContain('y'));
});

test.each([
  ['CI', { CI: 'true' }, true],
  ['a dumb terminal', { TERM: 'dumb' }, true],
  ['a pipe', {}, false],
])('nothing is shown in %s', (_where, env, isTTY) => {
  const terminal = new Terminal();
  terminal.isTTY = isTTY;
  const { line } = open(env, terminal);
  vi.useFakeTimers();
  line.show(() => 'reading');
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  line[Symbol.dispose]();
  expect(terminal.text).toBe('');
});
