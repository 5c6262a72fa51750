import { existsSync } from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';
import { describe, inject, type RunnerTask, type RunnerTestCase, TestRunner, test } from 'vitest';
import { type Answer, type Coverage, channelName, type Question, type Ran } from './messages.ts';
import { leftOut } from './targets.ts';

/**
 * The tests of one file, run again and again in this thread with another mutant each time: what they
 * import is loaded once. StrykerJS asks for each through `test-runner.ts`.
 */

/** What the code that StrykerJS puts into a mutated file reads and writes. */
interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: Coverage;
}

const all = globalThis as unknown as { __stryker__?: Switch };
all.__stryker__ ??= {};
const active = all.__stryker__;
// A mutant of what runs while modules are loaded has to be there before them.
const early = inject('earlyMutant');
active.activeMutant = early ?? undefined;

for (const file of inject('tests').filter((name) => existsSync(name))) {
  // A suite for each, so that hooks are those of their file.
  describe(file, async () => {
    await import(`/${file}`);
  });
}

function* testsIn(task: RunnerTask): Generator<RunnerTestCase> {
  if (task.type === 'test') yield task;
  else for (const one of task.tasks) yield* testsIn(one);
}

function suitesAround(one: RunnerTestCase) {
  const suites = [];
  for (let suite = one.suite; suite !== undefined; suite = suite.suite) suites.unshift(suite);
  return suites;
}

async function runTest(one: RunnerTestCase): Promise<void> {
  const suites = suitesAround(one);
  const context = one.context as never;
  try {
    for (const suite of suites) {
      for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) await hook(context, suite);
    }
    await TestRunner.getTestFn(one)();
  } finally {
    for (const suite of suites.reverse()) {
      for (const hook of TestRunner.getSuiteHooks(suite).afterEach) await hook(context, suite);
    }
  }
}

async function timed(id: string, one: RunnerTestCase): Promise<Ran> {
  const begun = performance.now();
  try {
    await runTest(one);
    return { id, ms: performance.now() - begun };
  } catch (error) {
    const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id, ms: performance.now() - begun, failure: failure.slice(0, 500) || 'failed' };
  }
}

async function runAll(tests: ReadonlyMap<string, RunnerTestCase>): Promise<Answer> {
  const ran: Ran[] = [];
  for (const [id, one] of tests) {
    active.currentTestId = id;
    ran.push(await timed(id, one));
    active.currentTestId = undefined;
  }
  return {
    type: 'ran',
    tests: ran,
    coverage: active.mutantCoverage ?? { static: {}, perTest: {} },
  };
}

async function tryMutant(
  tests: ReadonlyMap<string, RunnerTestCase>,
  { mutant, hitLimit, tests: wanted }: Question & { type: 'mutant' },
): Promise<Answer> {
  Object.assign(active, { activeMutant: mutant, hitLimit, hitCount: 0 });
  const ran: Ran[] = [];
  for (const [id, one] of tests) {
    if (wanted !== undefined && !wanted.includes(id)) continue;
    const last = await timed(id, one);
    ran.push(last);
    if (last.failure !== undefined) break;
  }
  const hitCount = active.hitCount ?? 0;
  Object.assign(active, { activeMutant: early ?? undefined, hitLimit: undefined, hitCount: 0 });
  return { type: 'tried', tests: ran, hitCount };
}

test('every mutant', { timeout: 0 }, async ({ task }) => {
  const others = [...testsIn(task.file)].filter(
    (one) => one !== task && !leftOut.includes(one.name),
  );
  const tests = new Map(others.map((one, index) => [`${index} ${one.fullTestName}`, one]));
  const channel = new BroadcastChannel(channelName);
  const questions: Question[] = [];
  let arrived = () => {};
  channel.onmessage = (event) => {
    questions.push((event as unknown as { data: Question }).data);
    arrived();
  };
  const say = (answer: Answer) => channel.postMessage(answer);
  say({ type: 'ready' });
  for (;;) {
    const question = questions.shift();
    if (question?.type === 'end') break;
    if (question === undefined) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    } else say(await (question.type === 'all' ? runAll(tests) : tryMutant(tests, question)));
  }
  channel.close();
});
