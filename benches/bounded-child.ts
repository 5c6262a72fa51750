/** `bounded-child.ts <subject> <body> <bounds as JSON>`: how long a run takes that its bounds stop. */
import { residentBytes } from './child.ts';
import { type Bounds, openSubject, type SubjectName } from './subject.ts';

/** First `base`, when all is warm; then how the run ended. */
export type BoundedLine =
  | { readonly base: number }
  | { readonly ms: number; readonly ending: string };

const say = (line: BoundedLine) => console.log(JSON.stringify(line));
const [name, body, json] = process.argv.slice(2) as [SubjectName, string, string];
const bounds = JSON.parse(json) as Bounds;
const subject = await openSubject(name);
for (let n = 0; n < 3; n++) await subject.run('return 1');
await subject.prepare?.(body);
// Where the run takes the whole thread, a line must be out before.
await new Promise((resolve) =>
  process.stdout.write(`${JSON.stringify({ base: residentBytes('self') })}\n`, resolve),
);
const start = performance.now();
let ending = 'returned';
try {
  await subject.run(body, undefined, bounds);
} catch (error) {
  ending = String(error).split('\n')[0] as string;
}
say({ ms: performance.now() - start, ending });
process.exit();
