/** Ships orders, and keeps a journal in a file. Killed and started again, it ships nothing twice. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { RunJournal } from '@org/core';
import { createSandbox, MemoryJournal } from '@org/wasm-runtime';

const program = `
const report = [];
for (const item of ['oak desk', 'wall clock', 'lamp']) {
  try {
    report.push(await ship(item));
  } catch (error) {
    if (error.code !== 'CALL_UNKNOWN') throw error;
    report.push('look whether it was shipped: ' + item);
  }
}
return report;
`;

const [, , file = 'orders.journal', killedAt] = process.argv;
const before = new MemoryJournal();
if (existsSync(file)) {
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [method, what] = JSON.parse(line) as [keyof RunJournal, never];
    before[method](what, false);
  }
}
const keep = (method: keyof RunJournal) => (what: unknown, replayed: boolean) => {
  if (!replayed) appendFileSync(file, `${JSON.stringify([method, what])}\n`);
};
const journal: RunJournal = {
  called: keep('called'),
  sent: keep('sent'),
  answered: keep('answered'),
  stepped: keep('stepped'),
};

const ship = {
  call: ([item]: readonly unknown[]) => {
    console.log(`shipping: ${item}`);
    if (item === killedAt) process.kill(process.pid, 'SIGKILL');
    return `shipped: ${item}`;
  },
};
await using sandbox = await createSandbox({ extensions: { ship } });
const outcome = await sandbox.run(program, {
  ...{ seed: 'orders', startTime: Date.UTC(2026, 0, 1) },
  ...{ journal, recorded: { run: before.run } },
});
console.log(outcome.status === 'returned' ? outcome.value : outcome);
