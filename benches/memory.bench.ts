import type { BoundedLine } from './bounded-child.ts';
import { runChild } from './child.ts';
import { quick } from './measure.ts';
import { type Row, record, size, timing } from './record.ts';
import { peers } from './subject.ts';

const memoryBytes = 64 * 2 ** 20;
const deadlineMs = quick ? 2_000 : 10_000;
const killBytes = 3 * 2 ** 30;

const bombs = {
  strings: "const all = []; for (let n = 0; ; n++) all.push('x'.repeat(100_000) + n);",
  'small objects': 'const all = []; for (let n = 0; ; n++) all.push({ n });',
  buffers: 'const all = []; for (;;) all.push(new Uint8Array(2 ** 20).fill(1));',
};

const rows: Row[] = [];
for (const [bomb, body] of Object.entries(bombs)) {
  for (const subject of ['ours', ...peers] as const) {
    const args = [subject, body, JSON.stringify({ memoryBytes })];
    const report = await runChild<BoundedLine>('bounded-child.ts', args, {
      deadlineMs,
      memoryBytes: killBytes,
    });
    const [first, last] = [report.lines[0], report.lines.at(-1)];
    const base = first !== undefined && 'base' in first ? first.base : 0;
    rows.push(size(`${bomb}: peak over base`, subject, report.peakBytes - base, 'MB'));
    const name = `${bomb}: time`;
    if (report.killed === 'memory') {
      rows.push({ case: name, subject, text: `not stopped at ${killBytes / 2 ** 30} GiB` });
    } else if (report.killed === 'deadline') {
      rows.push({ case: name, subject, text: `not stopped within ${deadlineMs / 1_000} s` });
    } else if (last === undefined || !('ms' in last)) {
      rows.push({ case: name, subject, text: `the process died: ${report.failed}` });
    } else rows.push(timing(name, subject, [last.ms]));
  }
}
record('memory', 'What does a memory bomb take, at a cap of 64 MiB?', rows);
