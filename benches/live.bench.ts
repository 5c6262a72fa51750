import { runChild } from './child.ts';
import type { LiveLine } from './live-child.ts';
import { type Row, record, size } from './record.ts';
import { peers } from './subject.ts';

const counts = [1, 10, 50];

const rows: Row[] = [];
for (const subject of ['ours', 'ours, all in workers', ...peers] as const) {
  const report = await runChild<LiveLine>('live-child.ts', [subject, JSON.stringify(counts)], {
    deadlineMs: 10_000,
  });
  const [base, ...live] = report.lines;
  for (const count of counts) {
    const name = `${count} live: each`;
    const line = live.find((seen) => seen.count === count);
    if (base === undefined || line === undefined) {
      const why =
        report.killed === undefined ? `failed: ${report.failed}` : 'they do not all begin';
      rows.push({ case: name, subject, text: why });
    } else {
      const each = (line.residentBytes - base.residentBytes) / count;
      rows.push(size(name, subject, each, 'MB'));
    }
  }
}
record('live', 'How much memory does a run take that waits?', rows);
