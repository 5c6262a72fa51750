/**
 * Fuzzes each target by coverage and prints as JSON what came of it:
 * `node test/fuzz/guide.ts --executions 500` tries that many inputs of each,
 * `node test/fuzz/guide.ts --minutes 5` goes on for that long with each and keeps what reached
 * something new in test/fuzz/corpus. `--only <text>` names a target. Exit code 1: a claim does not hold.
 */
import { parseArgs } from 'node:util';
import { readCorpus, writeCorpus } from './corpus.ts';
import { type Guided, guided } from './guided.ts';
import { targets } from './targets.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { executions: text, minutes: text, seed: text, only: text },
});
const executions = Number(values.executions ?? Number.POSITIVE_INFINITY);
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
const results: Record<string, unknown> = {};

function shown({ corpus, find, ...rest }: Guided): object {
  if (find === undefined) return { ...rest, corpus: corpus.length };
  const { input, error } = find;
  process.exitCode = 1;
  return {
    ...rest,
    corpus: corpus.length,
    find: { base64: Buffer.from(input).toString('base64'), error: String(error) },
  };
}

for (const target of targets.filter(({ name }) => name.includes(values.only ?? ''))) {
  const end = Date.now() + minutes * 60_000;
  const result = guided(target, {
    goesOn: (done) => done < executions && Date.now() < end,
    seed: Number(values.seed ?? 1),
    corpus: readCorpus(target),
  });
  if (values.minutes !== undefined) writeCorpus(target, result.corpus);
  results[target.name] = shown(result);
}
console.log(JSON.stringify({ node: process.version, targets: results }, null, 2));
