import type { CallContext, ContentFilter } from '@org/core';
import type { BridgeEvent } from '../bridge-event.ts';
import type { ServerEntry } from '../server-entry.ts';
import type { ServerEvent } from '../server-event.ts';
import { createContentFilter } from './content-filter.ts';
import { type FilterRules, maxPatterns } from './filter-rules.ts';
import { contentKinds } from './kinds.ts';

/** Hides content in what is told beside the outcomes of calls. */
export type HideInEvents = (server: string, tool: string, text: string) => string;

/** Tokens in events stand for nothing: no call shares this session. */
const context: CallContext = { session: '\0events' };
const withheld = '(withheld by the content filter)';

/**
 * Hides what a filter hides from programs in events too: who runs the program may be the agent.
 * @param own the embedder's filter
 * @param entries servers with rules; without a filter of the embedder's, the rules of all of them hold
 * for the events of each, since a tool may have been given what another server's rules hide
 * @returns undefined where nothing is to be hidden
 */
export function hideInEvents(
  own: ContentFilter | undefined,
  entries: readonly ServerEntry[],
): HideInEvents | undefined {
  const rules = own === undefined ? rulesOfAll(entries) : [];
  if (own === undefined && rules.length === 0) return undefined;
  const all = new Map(rules.map((each, index) => [`${index}`, each]));
  const filter = own ?? createContentFilter({ rules: all, sessions: 1 });
  const hide = (server: string, tool: string, text: string) =>
    (own === undefined ? [...all.keys()] : [server]).reduce(
      (shown, ruled) => filter.forCall(ruled, tool, context)?.outgoingText(shown) ?? shown,
      text,
    );
  return (server, tool, text) => {
    try {
      return hide(server, tool, text);
    } catch {
      // The session is full, as it fills with whatever a server logs.
      filter.endSession(context);
    }
    try {
      return hide(server, tool, text);
    } catch {
      return withheld;
    }
  };
}

/** The rules of all entries as one, or as few as names and number of their patterns allow. */
function rulesOfAll(entries: readonly ServerEntry[]): FilterRules[] {
  const all = entries.flatMap(({ filter }) => (filter === undefined ? [] : [filter]));
  if (all.length === 0) return [];
  const kinds = all.flatMap(({ outgoing }) => (outgoing === 'all' ? contentKinds : outgoing));
  const groups: Map<string, string>[] = [new Map()];
  for (const [name, pattern] of all.flatMap(({ patterns = {} }) => Object.entries(patterns))) {
    if (groups.some((group) => group.get(name) === pattern)) continue;
    const free = groups.find((group) => !group.has(name) && group.size < maxPatterns);
    if (free === undefined) groups.push(new Map([[name, pattern]]));
    else free.set(name, pattern);
  }
  return groups.map((group, index) => ({
    outgoing: index === 0 ? kinds : [],
    patterns: Object.fromEntries(group),
  }));
}

/** `onEvent`, which gets texts of servers as `hide` leaves them. */
export function hiddenServerEvents(
  hide: HideInEvents | undefined,
  onEvent: (event: ServerEvent) => void,
): typeof onEvent {
  if (hide === undefined) return onEvent;
  return (event) => onEvent({ ...event, text: hide(event.server, event.tool ?? '', event.text) });
}

/** The same for events of calls: what does not fit a schema may be quoted in them. */
export function hiddenBridgeEvents(
  hide: HideInEvents | undefined,
  onEvent: (event: BridgeEvent) => void,
): typeof onEvent {
  if (hide === undefined) return onEvent;
  return (event) =>
    onEvent(
      event.type === 'resultInvalid'
        ? { ...event, problems: hide(event.server, event.tool, event.problems) }
        : event,
    );
}
