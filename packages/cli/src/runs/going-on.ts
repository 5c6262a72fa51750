import { SandboxError, type ServerId } from '@org/core';
import type { DurableRun, RunRecord, Runs } from '@org/runs';
import { createSandbox, type LiveOptions, type RunEvent, type Sandbox } from '@org/wasm-runtime';
import { programCache } from '../cache-folder.ts';
import { plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { RunReporter } from '../run-reporter.ts';
import type { StatusLine } from '../status-line.ts';
import { personAt, type TerminalQuestions } from '../terminal-questions.ts';
import { openToolbox, type Toolbox } from '../toolbox.ts';
import { approverOf } from './approver-of.ts';
import { findRun } from './find-run.ts';
import { heldCalls } from './held-calls.ts';
import type { OnAsk } from './live-flags.ts';
import { type LiveFlagValues, type LiveToolboxParts, liveToolbox } from './live-toolbox.ts';
import { mayBeRepeated } from './may-be-repeated.ts';
import { openRecordedRuns } from './open-runs.ts';
import { planPorts } from './plan-ports.ts';
import { changesSince, contextOf, flagsFor } from './run-context.ts';
import { type PlannedRun, plannedRun } from './run-plan.ts';

export interface GoOnOptions {
  /** As the user named it. */
  readonly run: string;
  readonly flags: LiveFlagValues;
  readonly onAsk: OnAsk;
  readonly json: boolean;
  readonly trust: (person: TerminalQuestions | undefined) => LiveToolboxParts['trust'];
  /** Where progress is shown. */
  readonly line: StatusLine;
  /** Refuses a run before anything is started. */
  readonly check: (record: RunRecord) => void;
}

/** All that a recorded run needs to go on; the servers, files and rules are those of now. */
export interface GoingOn extends AsyncDisposable {
  readonly record: RunRecord;
  readonly runs: Runs;
  readonly sandbox: Sandbox;
  readonly reporter: RunReporter;
  /** Of the run: those of its plan, and its times, where it carries out one. */
  readonly ports: Pick<LiveOptions, 'tools' | 'files' | 'state' | 'timetable'>;
  readonly onEvent: (event: RunEvent) => void;
  /** To be told of the run once it has started, so that it can be suspended. */
  readonly started: (run: DurableRun) => void;
}

/**
 * Opens the record of a run, and what it goes on with.
 * @throws SandboxError `RUN_NOT_FOUND`, what `check` throws, `RUN_NOT_RESUMABLE` where its plan is
 * gone, or as opening the toolbox does
 */
export async function openGoingOn(options: GoOnOptions): Promise<GoingOn> {
  const { json } = options;
  await using stack = new AsyncDisposableStack();
  const opening = Promise.withResolvers<Toolbox>();
  opening.promise.catch(() => {});
  const mayRetry = mayBeRepeated(opening.promise);
  const runs = stack.use(await openRecordedRuns({ mayRetry }));
  const record = findRun(runs, options.run);
  options.check(record);
  const context = contextOf(record);
  const flags = flagsFor(context, options.flags);
  const plan = await planOf(record);
  const ports = portsOf(opening.promise, () => starting);
  const starting: Promise<Sandbox> = createSandbox({
    ...ports,
    ...(await programCache(flags.cache)),
  });
  starting.catch(() => {});
  const reporter = new RunReporter(process.stderr, !json, options.line);
  const person = personAt(process, () => reporter.hold());
  const started = Promise.withResolvers<DurableRun>();
  let planned: PlannedRun | undefined;
  const isApproved =
    plan && ((run: string, call: number) => planned?.grant.isApproved(run, call) ?? false);
  const approver = await approverOf(options.onAsk, {
    ...{ person, store: runs.store, run: () => started.promise, isApproved },
  });
  const warn = (message: string) => process.stderr.write(`Warning: ${plainLine(message)}\n`);
  const trust = options.trust(person);
  const toolbox = stack.use(
    await openToolbox(liveToolbox(flags, { trust, approver, reporter, json, warn })),
  );
  for (const change of changesSince(context, record, toolbox.config)) warn(change);
  opening.resolve(toolbox);
  const sandbox = stack.use(await starting);
  const planParts = planPorts(opening.promise, ports, () => starting);
  planned = plan && plannedRun(plan, planParts, approver, record.journal);
  const tools = heldCalls(planned?.grant.tools ?? ports.tools, runs.store, approver);
  await readCatalogs(toolbox, record);
  const owned = stack.move();
  return {
    ...{ record, runs, sandbox, reporter },
    ports: { ...(planned && actsOn(planned)), tools },
    onEvent: (event) => reporter.event(event),
    started: started.resolve,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const actsOn = ({ grant: { files, state, timetable } }: PlannedRun) => ({
  files,
  state,
  timetable,
});

/** The plan that a run carries out: without it the run could do anything. */
async function planOf({ parent, runId }: RunRecord) {
  if (parent?.as !== 'plan') return undefined;
  const { readPlan } = await import('./plan-store.ts');
  try {
    return await readPlan(parent.runId);
  } catch (cause) {
    if (!(cause instanceof SandboxError)) throw cause;
    throw new SandboxError(
      'RUN_NOT_RESUMABLE',
      `The run ${runId} carries out a plan that is not there any more: ${cause.message}`,
      { hint: 'Make the plan again, and run that.', cause },
    );
  }
}

/** Of the servers whose calls are not known to have been carried out: they say which may be repeated. */
async function readCatalogs({ bridge }: Toolbox, { journal }: RunRecord): Promise<void> {
  const servers = journal.calls.flatMap(({ name, args, sent, answer }) =>
    name === 'callTool' && sent && answer === undefined ? [args[0] as ServerId] : [],
  );
  // One that is down keeps no run from going on.
  await Promise.allSettled([...new Set(servers)].map(async (server) => bridge.catalog(server)));
}
