import path from 'node:path';
import {
  mountsRoot,
  plainText,
  SandboxError,
  type SkillId,
  toolsRoot,
  type VfsPath,
} from '@org/core';
import { type Change, Changes } from '../changes.ts';
import { exitCode } from '../exit-code.ts';
import { splitMount } from '../mount-flag.ts';
import { jsonText, plainLine } from '../plain-text.ts';
import { refusal, warningsOf } from '../program-check.ts';
import { Checkers } from '../serve/checkers.ts';
import { styled } from '../styled.ts';
import {
  beginExecution,
  type ExecutionFlags,
  type ExecutionParts,
  type OpenExecution,
  warn,
} from './execution.ts';
import { type ModeFlags, readProgram } from './program-input.ts';
import { type RunFlags, runOptionsOf } from './run-options.ts';
import { withRecord } from './with-record.ts';

export type WatchFlags = ExecutionFlags & ModeFlags & RunFlags & { readonly check: boolean };

/** `open`: what the servers and skills come from, so that they have to be opened anew. */
type Kind = 'open' | 'program';

/**
 * Runs a program, and again whenever something changes that it is made of; a run under way is
 * cancelled then. Servers stay connected until the configuration changes. Resolves when the user
 * interrupts it.
 * @throws SandboxError what is wrong before the first run
 */
export async function watchProgram(
  file: string | undefined,
  flags: WatchFlags,
  parts: ExecutionParts,
): Promise<void> {
  if (file === undefined || file === '-') {
    throw new SandboxError('USAGE', '--watch needs a file.', {
      hint: 'For example: mcp-cli execute program.ts --watch',
    });
  }
  const signal = parts.interruption();
  using changes = new Changes<Kind>(['open', 'program']);
  await using checkers = new Checkers(warn, 1);
  const round = { count: 0 };
  try {
    for (;;) {
      try {
        await untilReopened({ file, flags, parts, changes, checkers, signal, round });
      } catch (error) {
        if (round.count <= 1) throw error;
        tell(error);
        heading(await changes.next(signal), ++round.count);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
  }
}

interface Watching {
  readonly file: string;
  readonly flags: WatchFlags;
  readonly parts: ExecutionParts;
  readonly changes: Changes<Kind>;
  readonly checkers: Checkers;
  readonly signal: AbortSignal;
  readonly round: { count: number };
}

/** Runs the program with one configuration, until that changes. */
async function untilReopened(watching: Watching): Promise<void> {
  const { file, flags, parts, changes, checkers, signal, round } = watching;
  const { config = '.mcp.json', mount = [], args = '' } = flags;
  const mounts = new Map(mount.map(splitMount).map(({ name, folder }) => [name, folder]));
  const skills = new Set<SkillId>();
  const onRead = (read: VfsPath) => {
    const hostFile = hostFileOf(read, mounts);
    if (hostFile !== undefined) changes.also(hostFile, 'program');
    const skill = skillOf(read);
    if (skill !== undefined) skills.add(skill);
  };
  changes.also(config, 'open');
  const execution = await beginExecution(flags, { ...parts, onRead });
  await using opened = await execution.open();
  const { toolbox } = opened;
  changes.watch([config, ...toolbox.config.files.map(({ path }) => path)], 'open');
  const own = [file, ...(args.startsWith('@') ? [args.slice(1)] : [])];
  for (;;) {
    round.count ||= 1;
    changes.watch(own, 'program');
    const stop = new AbortController();
    const next = changes.next(signal);
    next.catch(() => {});
    const { files } = execution.ports;
    const running = runOnce(file, { flags, opened, checkers, files }, stop.signal).catch(
      (error) => {
        if (round.count === 1 && !stop.signal.aborted) throw error;
        tell(error);
      },
    );
    const ended = running.then(() => true);
    const changed = next.then(
      () => false,
      () => false,
    );
    if (!(await Promise.race([ended, changed]))) stop.abort();
    await running;
    for (const id of skills) {
      const skill = await toolbox.skills.read(id).catch(() => undefined);
      if (skill !== undefined) changes.also(skill.folder, 'open');
    }
    signal.throwIfAborted();
    if (!stop.signal.aborted) dim('Waiting for changes. Ctrl+C ends it.');
    const change = await next;
    heading(change, ++round.count);
    if (change.kind === 'open') return;
  }
}

interface RunParts {
  readonly flags: WatchFlags;
  readonly opened: OpenExecution;
  readonly checkers: Checkers;
  readonly files: Parameters<Checkers['check']>[1];
}

async function runOnce(
  file: string,
  { flags, opened, checkers, files }: RunParts,
  stop: AbortSignal,
): Promise<void> {
  const { sandbox, toolbox, runs, reporter } = opened;
  const program = await readProgram(file, flags);
  const { name, source } = program;
  const options = await runOptionsOf(program, flags);
  if (source !== undefined && flags.check) {
    reporter.begin();
    const check = await checkers.check({ source, name }, files, 'watch');
    if (stop.aborted) return;
    if (check.result !== undefined) {
      const refused = await refusal(check, check.result, { source, name }, sandbox);
      if (refused !== undefined) {
        reporter.end(refused);
        reporter.keptCatalogs(toolbox.kept);
        return;
      }
      const warnings = await warningsOf(check.result, name);
      if (warnings !== '') process.stderr.write(`${warnings}\n`);
    }
  }
  const signal = AbortSignal.any([stop, opened.signal]);
  const outcome = await opened.run(program, { ...options, signal });
  if (outcome.status === 'returned') process.stdout.write(`${jsonText(outcome.value)}\n`);
  if (!signal.aborted) await withRecord(outcome, { runs, json: false });
}

/** Where a file of a `--mount` is; undefined for another one. */
function hostFileOf(file: VfsPath, mounts: ReadonlyMap<string, string>): string | undefined {
  if (!file.startsWith(`${mountsRoot}/`)) return undefined;
  const [name = '', ...rest] = file.slice(mountsRoot.length + 1).split('/');
  const folder = mounts.get(name);
  return folder === undefined ? undefined : path.join(folder, ...rest);
}

function skillOf(file: VfsPath): SkillId | undefined {
  const root = `${toolsRoot}/skills/`;
  return file.startsWith(root) ? (file.slice(root.length).split('/')[0] as SkillId) : undefined;
}

function heading({ files }: Change<Kind>, count: number): void {
  const names = files.map((file) => plainLine(path.relative('', file)));
  const what = names.length === 0 ? '' : `: ${names.join(', ')} changed`;
  process.stderr.write('\n');
  dim(`--- run ${count}, ${new Date().toTimeString().slice(0, 8)}${what} ---`);
}

function dim(text: string): void {
  process.stderr.write(`${styled('dim', text)}\n`);
}

/** @throws what is no error of the user's */
function tell(error: unknown): void {
  if (!(error instanceof SandboxError) || error.code === 'ABORTED') throw error;
  const { message, hint } = error;
  process.stderr.write(
    `${plainText(`Error: ${message}${hint === undefined ? '' : `\n${hint}`}`)}\n`,
  );
}
