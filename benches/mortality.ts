/**
 * Kills hosts with SIGKILL at random points of their runs, as packages/runs/test/mortality.test.ts
 * does, but longer: `node benches/mortality.ts [kills] [runs]`. Writes results/mortality.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureMortality } from '../packages/runs/test/mortality.ts';
import { record } from './record.ts';

const [kills = 500, runs = 200] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'mortality-'));
const found = await measureMortality(folder, { kills, runs, seed: Date.now() }, (kill) => {
  if (kill % 25 === 0) console.log(`${kill} kills, ${new Date().toISOString()}`);
});
rmSync(folder, { recursive: true });
const rows = {
  'hosts killed': found.kills,
  runs: found.runs,
  'runs that returned': found.returned,
  'writes at the server': found.effects,
  'answers that were kept before a kill': found.acknowledged,
  'writes whose answer a kill took': found.unknown,
  'answers lost, writes repeated, runs that did not return': found.wrongs.length,
};
record(
  'mortality',
  'What is lost or repeated when the host is killed at random points of its runs?',
  Object.entries(rows).map(([name, count]) => ({ case: name, subject: 'ours', text: `${count}` })),
);
if (found.wrongs.length > 0) {
  console.error(found.wrongs.join('\n'));
  process.exitCode = 1;
}
