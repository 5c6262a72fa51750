import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targets } from './targets.ts';

/** A few in each run of the tests; `node test/fuzz/long.ts 60` goes on for an hour. */
const numRuns = 300;

describe('fuzzing', () => {
  test.each(targets)('$name', ({ property }) => {
    fc.assert(property, { numRuns });
  });

  // In a process of its own: V8 counts coverage once for a process, and who measures these tests counts too.
  test('by coverage finds nothing near the inputs that are kept', async () => {
    const { NODE_V8_COVERAGE: _, ...env } = process.env;
    const script = path.join(import.meta.dirname, 'guide.ts');
    const args = [script, '--executions', '300', '--seed', `${Date.now() % 2 ** 31}`];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
      (error: { stdout: string }) => error,
    );
    const { targets: done } = JSON.parse(stdout) as {
      readonly targets: Readonly<Record<string, { readonly find?: object }>>;
    };
    expect(Object.keys(done)).toEqual(targets.map(({ name }) => name));
    expect(Object.values(done).flatMap(({ find }) => find ?? [])).toEqual([]);
  });
});
