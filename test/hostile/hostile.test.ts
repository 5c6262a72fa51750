import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NodeMajor, nodeMajors, nodeOf } from '../node-majors.ts';
import type { Attempt } from './attempt.ts';
import { rows } from './corpus.ts';
import type { End } from './hostile-program.ts';

type Attempts = Readonly<Record<string, Readonly<Record<string, Attempt>>>>;

const patience = 400_000;
const found = new Map<NodeMajor, Attempts>();

async function attemptsOn(major: NodeMajor): Promise<Attempts> {
  const script = path.join(import.meta.dirname, 'process.ts');
  const options = { timeout: patience, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
  const { stdout } = await promisify(execFile)(nodeOf(major), [script], options);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  // One after another: some of them are bounded by time.
  for (const major of nodeMajors) found.set(major, await attemptsOn(major));
}, 2 * patience);

/** The outcome as the corpus tells it. */
function endOf({ status, value, kind, error }: Attempt['outcome'], wanted: End): object {
  if (status === 'returned') return { returned: value };
  if (status === 'limit') return { limit: kind };
  const { name, code, message } = error ?? {};
  return {
    [status]: name,
    ...(code !== undefined && { code }),
    ...('message' in wanted && { message }),
  };
}

const programs = Object.entries(rows).flatMap(([row, { groups }]) =>
  groups.flatMap((group) => Object.keys(group.programs).map((name) => ({ row, name, group }))),
);

test('there are at least 250 programs, each with a name of its own', () => {
  expect(programs.length).toBeGreaterThanOrEqual(250);
  expect(new Set(programs.map(({ row, name }) => `${row} ${name}`)).size).toBe(programs.length);
});

describe.each(nodeMajors)('on Node %i', (major) => {
  test.each(programs)('$row: $name', ({ row, name, group }) => {
    const attempt = found.get(major)?.[row]?.[name] as Attempt;
    expect(endOf(attempt.outcome, group.end)).toEqual(group.end);
    if (group.logs !== undefined) expect(attempt.outcome.logs).toEqual(group.logs);
    expect(attempt).toMatchObject({ told: [], polluted: false, goodRunsRight: true });
  });
});
