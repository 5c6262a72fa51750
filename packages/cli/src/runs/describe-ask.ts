import type { Ask, RunRecord } from '@org/runs';
import { visibleText } from '../plain-text.ts';
import { shownJson } from './call-text.ts';
import { ago } from './run-table.ts';

/** What a person decides on, with all of its arguments; nothing in it acts or hides. */
export function describeAsk({ name }: Pick<RunRecord, 'name'>, ask: Ask): string {
  const { callId, kind, server, tool, paramsJson, askedAt } = ask;
  const called = visibleText(`${server}.${tool}`);
  const program = visibleText(name).slice(0, 200);
  const what =
    kind === 'approval'
      ? `Call ${callId} of ${program} wants to call ${called}, asked ${ago(askedAt)}, with`
      : `Call ${callId} of ${program}, to ${called}, was sent and never answered: whether it took effect is not known. If it is approved it is sent again, with`;
  return `${what}\n${shownJson(paramsJson)}`;
}
