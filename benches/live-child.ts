/** `live-child.ts <subject> <counts as JSON>`: memory of runs that wait for a tool. */
import { setTimeout as pause } from 'node:timers/promises';
import { residentBytes } from './child.ts';
import { Ours } from './ours.ts';
import { openSubject, type Subject, type SubjectName } from './subject.ts';

export interface LiveLine {
  readonly count: number;
  readonly residentBytes: number;
}

const [name, counts] = process.argv.slice(2) as [SubjectName | 'ours, all in workers', string];
const subject: Subject =
  name === 'ours, all in workers' ? await Ours.open({}, 64) : await openSubject(name);

const body = `
  const items = [];
  for (let n = 0; n < 1_000; n++) items.push({ n, text: 'item ' + n });
  await tool({});
  return items.length;`;

async function settled(): Promise<number> {
  globalThis.gc?.();
  await pause(300);
  return residentBytes('self');
}

for (let n = 0; n < 5; n++) await subject.run('return 1');
console.log(JSON.stringify({ count: 0, residentBytes: await settled() } satisfies LiveLine));
let live = 0;
for (const count of JSON.parse(counts) as number[]) {
  while (live < count) {
    const waits = Promise.withResolvers<void>();
    const never = () => {
      waits.resolve();
      return new Promise<never>(() => {});
    };
    subject.run(body, never).catch((error) => {
      console.error(error);
      process.exit(1);
    });
    await waits.promise;
    live++;
  }
  console.log(JSON.stringify({ count, residentBytes: await settled() } satisfies LiveLine));
}
process.exit();
