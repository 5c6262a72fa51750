import type { RunRecord } from '@org/runs';
import { plainLine } from '../plain-text.ts';
import { shortId } from './find-run.ts';
import { type ShownCall, shownCalls } from './shown-calls.ts';

const mostNamed = 10;

/** What a person can do about the run now, a line each. */
export function adviceFor(record: RunRecord, calls = shownCalls(record)): string[] {
  const id = shortId(record.runId);
  return [...unknownCalls(record, calls), ...nextSteps(record, calls, id)];
}

function unknownCalls({ status }: RunRecord, calls: readonly ShownCall[]): string[] {
  const unknown = calls.filter((call) => call.status === 'unknown');
  if (unknown.length === 0) return [];
  const named = unknown
    .slice(0, mostNamed)
    .map(({ id, name }) => `${id} (${plainLine(name).slice(0, 80)})`);
  const more = unknown.length > mostNamed ? ` and ${unknown.length - mostNamed} more` : '';
  const [were, whether] =
    unknown.length === 1 ? ['was', 'it took effect'] : ['were', 'they took effect'];
  const goesOn = status === 'lost' || status === 'suspended';
  return [
    `Call${unknown.length === 1 ? '' : 's'} ${named.join(', ')}${more} ${were} sent and never answered: whether ${whether} is not known.`,
    ...(goesOn
      ? [
          'Look at the server, then say with --unknown what shall become of it: ask (each one), retry (those that may be made again), fail.',
        ]
      : []),
  ];
}

function nextSteps(record: RunRecord, calls: readonly ShownCall[], id: string): string[] {
  const { status, openAsks, mode } = record;
  switch (status) {
    case 'running':
      return [`It runs in process ${record.host.pid}. End it: mcp-cli run cancel ${id}`];
    case 'suspended':
      if (openAsks > 0) {
        const waits = openAsks === 1 ? 'A call waits' : `${openAsks} calls wait`;
        return [
          `${waits} for a decision. Decide: mcp-cli run approve ${id}, or mcp-cli run refuse ${id}`,
          `Then go on: mcp-cli run resume ${id}`,
        ];
      }
      return [`Go on with it: mcp-cli run resume ${id}`];
    case 'lost':
      return [
        `The process that had it has died. Go on with it: mcp-cli run resume ${id}`,
        ...(record.incomplete
          ? ['Its record has passed its cap, so what comes after that is done anew.']
          : []),
      ];
    case 'threw':
    case 'limit':
      // Without calls there is nothing that would not be repeated.
      return mode === 'plan' || record.source === undefined || calls.length === 0
        ? []
        : [
            `Edit the program, and go on without repeating its calls: mcp-cli execute edited.ts --fix ${id}`,
          ];
    default:
      return [];
  }
}
