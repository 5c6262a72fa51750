import { string as stringArg } from '@oclif/core/args';
import { didYouMean, SandboxError } from '@org/core';
import type { RunRecord, Runs } from '@org/runs';
import { plainLine } from '../plain-text.ts';

/** The run of a command. */
export const runArg = stringArg({
  description: 'Id of the run, the beginning of one, or "last".',
  required: true,
});

/** Characters of an id that a list shows: enough to tell thousands of runs apart. */
const shownIdLength = 8;
const mostSearched = 10_000;
const mostNamed = 5;

/** The beginning of an id, as lists show it. */
export const shortId = (runId: string): string => runId.slice(0, shownIdLength);

/**
 * The id that a person means: the whole of it, its beginning, or `last` for the newest run.
 * @throws SandboxError `RUN_NOT_FOUND`, or `USAGE` when several begin like this
 */
export function findRunId(runs: Pick<Runs, 'get' | 'list'>, text: string): string {
  const wanted = text.trim().toLowerCase();
  if (wanted === 'last') {
    const [newest] = runs.list({ limit: 1 });
    if (newest !== undefined) return newest.runId;
    throw new SandboxError('RUN_NOT_FOUND', 'There is no run yet.', {
      hint: 'Begin one: mcp-cli execute program.ts',
    });
  }
  const ids = runs.list({ limit: mostSearched }).map(({ runId }) => runId);
  if (ids.includes(wanted)) return wanted;
  const matching = wanted === '' ? [] : ids.filter((id) => id.startsWith(wanted));
  const [first] = matching;
  if (first !== undefined && matching.length === 1) return first;
  const shown = plainLine(text).slice(0, 60);
  if (first === undefined) {
    const suggestion = didYouMean(wanted, [...ids.map(shortId), ...ids, 'last']);
    throw new SandboxError(
      'RUN_NOT_FOUND',
      `There is no run ${JSON.stringify(shown)}.${suggestion}`,
      {
        hint: 'See mcp-cli run list.',
      },
    );
  }
  const some = matching.slice(0, mostNamed).join(', ');
  const more = matching.length > mostNamed ? `, and ${matching.length - mostNamed} more` : '';
  throw new SandboxError('USAGE', `${matching.length} runs begin with ${shown}: ${some}${more}.`, {
    hint: 'Write more of its id.',
  });
}

/** As `findRunId`, with what is kept of it. */
export function findRun(runs: Pick<Runs, 'get' | 'list'>, text: string): RunRecord {
  const runId = findRunId(runs, text);
  const record = runs.get(runId);
  if (record !== undefined) return record;
  throw new SandboxError('RUN_NOT_FOUND', `The run ${runId} has been removed.`, {
    hint: 'See mcp-cli run list.',
  });
}
