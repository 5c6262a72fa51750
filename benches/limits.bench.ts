import type { BoundedLine } from './bounded-child.ts';
import { runChild } from './child.ts';
import { compare, quick } from './measure.ts';
import { Ours } from './ours.ts';
import { type Row, record, timing } from './record.ts';
import { peers, type SubjectName } from './subject.ts';

const wallMs = 250;
/** A subject that has not given back control then is killed. */
const deadlineMs = quick ? 1_000 : 3_000;

const spins = {
  'a loop': 'for (;;);',
  'inside indexOf': 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);',
  'inside a regex': "/^(a+)+$/.test('a'.repeat(64) + 'b');",
  'inside a BigInt power': 'return String(7n ** (2n ** 18n)).length;',
  'a storm of promises': 'for (;;) await 1;',
};

async function stop(subject: SubjectName, body: string): Promise<number | string> {
  const report = await runChild<BoundedLine>(
    'bounded-child.ts',
    [subject, body, JSON.stringify({ wallMs })],
    { deadlineMs },
  );
  if (report.killed !== undefined) return `not stopped within ${deadlineMs} ms`;
  const last = report.lines.at(-1);
  if (report.failed !== undefined || last === undefined || !('ms' in last)) {
    return `failed: ${report.failed}`;
  }
  if (last.ms < wallMs) return `ended by itself: ${last.ending}`;
  return last.ms - wallMs;
}

const rows: Row[] = [];
for (const [spin, body] of Object.entries(spins)) {
  for (const subject of ['ours', ...peers] as const) {
    if (subject === 'quickjs-emscripten, new module') continue;
    const over: number[] = [];
    let trouble: string | undefined;
    for (let n = 0; n < (quick ? 1 : 3) && trouble === undefined; n++) {
      const result = await stop(subject, body);
      if (typeof result === 'string') trouble = result;
      else over.push(result);
    }
    const name = `wall limit, ${spin}: time over`;
    rows.push(trouble ? { case: name, subject, text: trouble } : timing(name, subject, over));
  }
}

// A whole run that ends at its fuel limit: so short that it bounds the time from limit to control.
const small = await Ours.open({ fuel: 200_000 });
const ends = (body: string) => ({
  run: async () => {
    const ending = await small.run(body).catch(String);
    if (ending !== 'Error: limit: fuel') throw new Error(`The run ended otherwise: ${ending}`);
  },
});
const bodies = Object.entries(spins).filter(([spin]) => spin !== 'inside a BigInt power');
const names = Object.fromEntries(bodies.map(([spin, body]) => [spin, ends(body)]));
for (const [spin, samples] of Object.entries(await compare(names, { ms: 300 }))) {
  rows.push(timing(`200,000 units of fuel, ${spin}: the whole run`, 'ours', samples));
}
await small.close();
record('limits', 'How long after a limit is control back?', rows);
