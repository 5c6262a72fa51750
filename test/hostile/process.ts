/**
 * Runs the hostile programs in this process, one after another, each followed by a good one, and
 * prints as JSON how each ended and what the host has to show for it.
 */
import type { JsonValue, Limits, RunOutcome } from '@org/core';
import type { Sandbox } from '@org/wasm-runtime';
import type { Attempt } from './attempt.ts';
import { rows } from './corpus.ts';
import { canaries, openWorld } from './world.ts';

const good = `import { echo } from './servers/tools';
const { said } = await echo({ said: 'well' });
await sleep(1);
await writeFile('/workspace/good', said);
console.log(await readFile('/workspace/good'));
export default [said, typeof polluted, {}.polluted ?? null, [1, 2].map((n) => n + 1)];`;
const goodEnd = JSON.stringify(['well', 'undefined', null, [2, 3]]);

/** Names that a host object has, to see later that it still has no others. */
const names = () =>
  [globalThis, Object.prototype, Array.prototype, Promise.prototype, Function.prototype].map(
    (one) => Object.getOwnPropertyNames(one).length,
  );

async function attempt(
  sandbox: Sandbox,
  { source, limits }: { readonly source: string; readonly limits: Partial<Limits> | undefined },
  clean: () => void,
): Promise<Attempt> {
  clean();
  const before = JSON.stringify(names());
  const outcome = await sandbox.run(source, {
    limits: { wallMs: 180_000, ...limits },
    seed: 'seed',
    startTime: 1_700_000_000_000,
  });
  const text = JSON.stringify(outcome);
  clean();
  const after = await sandbox.run(good);
  return {
    outcome: essence(outcome),
    told: Object.values(canaries).filter((canary) => text.includes(canary)),
    polluted: before !== JSON.stringify(names()) || 'polluted' in {},
    goodRunsRight: after.status === 'returned' && JSON.stringify(after.value) === goodEnd,
  };
}

function essence(outcome: RunOutcome): Attempt['outcome'] {
  const { status, logs } = outcome;
  const messages = logs.slice(0, 3).map(({ message }) => message.slice(0, 200));
  switch (outcome.status) {
    case 'returned':
      return { status, logs: messages, value: short(outcome.value) };
    case 'limit':
      return { status, logs: messages, kind: outcome.limit.kind };
    case 'suspended':
      return { status, logs: messages };
    default: {
      const { name, message, code } = outcome.error;
      const error = {
        name: name.slice(0, 100),
        message: message.slice(0, 300),
        ...(code !== undefined && { code }),
      };
      return { status, logs: messages, error };
    }
  }
}

/** What is long is told by its length. */
function short(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.length} characters` : value;
}

const attempts: Record<string, Record<string, Attempt>> = {};
await using world = await openWorld();
for (const [row, { groups }] of Object.entries(rows)) {
  await using sandbox = await world.sandbox();
  const own: Record<string, Attempt> = {};
  for (const { programs, limits } of groups) {
    for (const [name, source] of Object.entries(programs)) {
      own[name] = await attempt(sandbox, { source, limits }, world.cleanFiles);
    }
  }
  attempts[row] = own;
}
console.log(JSON.stringify(attempts));
