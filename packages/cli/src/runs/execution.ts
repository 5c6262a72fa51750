import type { Approver, JsonValue, RunOutcome, VfsPath } from '@org/core';
import type { DurableRun, Runs, StartOptions } from '@org/runs';
import { createSandbox, type RunEvent, type Sandbox } from '@org/wasm-runtime';
import { programCache } from '../cache-folder.ts';
import { plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { preparedEngine } from '../prepared-engine.ts';
import type { RunReporter } from '../run-reporter.ts';
import type { StatusLine } from '../status-line.ts';
import { personAt, type TerminalQuestions } from '../terminal-questions.ts';
import type { Toolbox } from '../toolbox.ts';
import { type ApproverParts, approverOf } from './approver-of.ts';
import type { OnAsk } from './live-flags.ts';
import {
  type LiveFlagValues,
  type LiveToolboxParts,
  liveToolbox,
  userName,
} from './live-toolbox.ts';
import { mayBeRepeated } from './may-be-repeated.ts';
import type { ProgramInput } from './program-input.ts';
import { openRecording } from './recording.ts';
import { runContext } from './run-context.ts';
import { runRecorded } from './run-recorded.ts';

export interface ExecutionFlags extends LiveFlagValues {
  readonly 'on-ask': OnAsk | undefined;
  /** Whether runs are recorded. */
  readonly record: boolean;
}

export interface ExecutionParts {
  /** Whether stdout is one JSON document, and stderr is for problems only. */
  readonly json: boolean;
  /** Where progress is shown. */
  readonly line: StatusLine;
  /** Told of each file that a program, or its type check, reads. */
  readonly onRead?: (file: VfsPath) => void;
  /** Aborts when the command shall end; called when there is something to let go of. */
  readonly interruption: () => AbortSignal;
  readonly atTerminal: (person: TerminalQuestions | undefined) => LiveToolboxParts['trust'];
}

/** All that programs of the command line are run with, while the engine starts. */
export interface Execution {
  /** Answer once `open` has resolved. */
  readonly ports: ReturnType<typeof portsOf>;
  /**
   * Reads the configuration.
   * @param isApproved whether a call was approved with its plan
   * @throws SandboxError as `openToolbox` does, or `USAGE` for flags that do not go together
   */
  open(isApproved?: ApproverParts['isApproved']): Promise<OpenExecution>;
}

export interface OpenExecution extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly toolbox: Toolbox;
  /** That of the command. */
  readonly signal: AbortSignal;
  /** Resolves with the toolbox; for what takes one that is still being opened. */
  readonly opening: Promise<Toolbox>;
  /** Undefined where runs are not recorded. */
  readonly runs: Runs | undefined;
  readonly reporter: RunReporter;
  /** Undefined where nobody is asked. */
  readonly approver: Approver | undefined;
  /** Runs a program to its end, one at a time; its end is told. Throws as `sandbox.run` does. */
  run(program: ProgramInput, options: StartOptions): Promise<RunOutcome>;
}

export const warn = (message: string): void => {
  process.stderr.write(`Warning: ${plainLine(message)}\n`);
};

/** The engine's threads start while the caller reads on. */
export async function beginExecution(
  flags: ExecutionFlags,
  { json, line, onRead, interruption, atTerminal }: ExecutionParts,
): Promise<Execution> {
  const opening = Promise.withResolvers<Toolbox>();
  opening.promise.catch(() => {});
  const all = portsOf(opening.promise, () => starting);
  const readFile = (file: VfsPath) => {
    onRead?.(file);
    return all.files.readFile(file);
  };
  const ports = onRead === undefined ? all : { ...all, files: { ...all.files, readFile } };
  const starting: Promise<Sandbox> = createSandbox({
    ...ports,
    ...(await programCache(flags.cache)),
    prepared: preparedEngine(),
  });
  starting.catch(() => {});
  const parts = Promise.all([import('../run-reporter.ts'), import('../toolbox.ts')]);

  const open = async (isApproved: ApproverParts['isApproved']): Promise<OpenExecution> => {
    const [{ RunReporter: Reporter }, { openToolbox }] = await parts;
    await using stack = new AsyncDisposableStack();
    const reporter = new Reporter(process.stderr, !json, line);
    const person = personAt(process, () => reporter.hold());
    const mayRetry = mayBeRepeated(opening.promise);
    const runs = await openRecording(flags.record, { mayRetry }, warn);
    if (runs !== undefined) stack.use(runs);
    let started = Promise.withResolvers<DurableRun>();
    const approver = await approverOf(flags['on-ask'], {
      ...{ person, store: runs?.store, run: () => started.promise, isApproved },
    });
    const toolbox = stack.use(
      await openToolbox(
        liveToolbox(flags, { trust: atTerminal(person), approver, reporter, json, warn }),
      ),
    );
    const signal = interruption();
    opening.resolve(toolbox);
    const sandbox = stack.use(await starting);
    const principal = userName();
    const owned = stack.move();
    return {
      ...{ sandbox, toolbox, signal, runs, reporter, approver, opening: opening.promise },
      async run(program, options) {
        started = Promise.withResolvers();
        const onStart = (run: DurableRun) => started.resolve(run);
        reporter.begin();
        const outcome = await runRecorded({ sandbox, runs, warn, onStart }, program.open(sandbox), {
          signal,
          ...options,
          onEvent: (event: RunEvent) => reporter.event(event),
          context: runContext(flags, toolbox.config) as unknown as JsonValue,
          ...(principal === undefined ? {} : { principal }),
        });
        reporter.end(outcome);
        return outcome;
      },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  };
  return { ports, open };
}
