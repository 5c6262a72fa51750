import path from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { createVitest, type Vitest } from 'vitest/node';
import { type Answer, channelName, type Question } from './messages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Files with the tests, relative to the root. */
    tests: string[];
    /** A mutant that is active while modules are loaded. */
    earlyMutant: string | null;
  }
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly hitLimit?: number;
  readonly testFilter?: string[];
  readonly mutantActivation: 'static' | 'runtime';
}

interface Loaded {
  readonly vitest: Vitest;
  readonly early: string | null;
  readonly ended: Promise<unknown>;
}

/**
 * A test runner of StrykerJS that starts Vitest once and not for each mutant, which costs a second.
 * Only a mutant of what runs while modules are loaded has a Vitest of its own.
 */
class ManyMutants {
  readonly #channel = new BroadcastChannel(channelName);
  readonly #answers: Answer[] = [];
  #arrived = () => {};
  #loaded: Loaded | undefined;

  constructor() {
    this.#channel.onmessage = (event) => {
      this.#answers.push((event as unknown as { data: Answer }).data);
      this.#arrived();
    };
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async #answer(): Promise<Answer> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  async #ask(question: Question): Promise<Answer> {
    this.#channel.postMessage(question);
    return await this.#answer();
  }

  /** Has the tests loaded with `early` as the active mutant, or with none. */
  async #load(early: string | null): Promise<void> {
    if (this.#loaded?.early === early) return;
    await this.#unload();
    // Of the copy of the repository that has the mutants, where this process stands.
    const config = path.resolve('test/mutation/vitest.config.ts');
    const vitest = await createVitest('test', { config, watch: false, reporters: [] });
    vitest.provide('tests', (process.env.MUTATION_TESTS ?? '').split(','));
    vitest.provide('earlyMutant', early);
    const ended = vitest.start();
    const failed = ended.then(() => {
      const errors = vitest.state.getFiles().flatMap((file) => file.result?.errors ?? []);
      throw new Error(`Vitest ended early: ${errors.map(({ message }) => message).join('; ')}`);
    });
    failed.catch(() => {});
    this.#loaded = { vitest, early, ended };
    await Promise.race([this.#answer(), failed]);
  }

  async #unload(): Promise<void> {
    if (this.#loaded === undefined) return;
    this.#channel.postMessage({ type: 'end' } satisfies Question);
    await this.#loaded.ended;
    await this.#loaded.vitest.close();
    this.#loaded = undefined;
  }

  async dryRun() {
    await this.#load(null);
    const answer = await this.#ask({ type: 'all' });
    if (answer.type !== 'ran') throw new Error(`Not an answer: ${answer.type}`);
    const tests = answer.tests.map(({ id, ms, failure }) => ({
      ...{ id, name: id, timeSpentMs: ms },
      ...(failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }),
    }));
    return { status: 'complete', tests, mutantCoverage: answer.coverage };
  }

  async mutantRun({ activeMutant, hitLimit, testFilter, mutantActivation }: MutantRun) {
    const mutant = activeMutant.id;
    try {
      await this.#load(mutantActivation === 'static' ? mutant : null);
    } catch (error) {
      // Its modules cannot even be loaded.
      await this.#unload();
      return { status: 'error', errorMessage: String(error) };
    }
    const answer = await this.#ask({ type: 'mutant', mutant, hitLimit, tests: testFilter });
    if (answer.type !== 'tried') throw new Error(`Not an answer: ${answer.type}`);
    const { tests, hitCount } = answer;
    const nrOfTests = tests.length;
    if (hitLimit !== undefined && hitCount > hitLimit) {
      return { status: 'timeout', reason: `hit ${hitCount} times` };
    }
    const failed = tests.find(({ failure }) => failure !== undefined);
    if (failed === undefined) return { status: 'survived', nrOfTests };
    return { status: 'killed', killedBy: [failed.id], failureMessage: failed.failure, nrOfTests };
  }

  async dispose(): Promise<void> {
    await this.#unload();
    this.#channel.close();
  }
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'many-mutants', injectableClass: ManyMutants },
];
