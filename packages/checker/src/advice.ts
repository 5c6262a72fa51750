import { instead } from '@org/core';
import type { ApiDiagnostic } from './typescript.ts';
import { isOfUnknown, lacksAwait, messageLines } from './verdict.ts';

/** No such name; most of these numbers differ only in the package that they would have installed. */
const unknownNames = [
  2304, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593, 2708, 2867, 2868,
];
const maybeAbsent = [2531, 2532, 2533, 18047, 18048, 18049];
const maxMessageChars = 1_000;

/** Whether it is about a name that nothing declares. */
export function isUnknownName(code: number): boolean {
  return unknownNames.includes(code);
}

/** A module of Node or of a browser's ecosystem, or the name of a global, without what is around. */
function absentName(name: string): string {
  return name.replace(/^node:/u, '').replace(/\/.*$/u, '');
}

/** What to use instead of something that the sandbox does not have. */
export function insteadOf(name: string): string | undefined {
  const bare = absentName(name);
  // It is there, only to say so when it is called.
  if (bare === 'fetch')
    return 'The sandbox has no fetch: there is no network: call a tool of a server.';
  return Object.hasOwn(instead, bare) ? `The sandbox has no ${bare}: ${instead[bare]}` : undefined;
}

/** TypeScript's message without advice that leads to Node's or a browser's types. */
export function messageOf(diagnostic: ApiDiagnostic): string {
  const lines = messageLines(diagnostic).map((line, depth) => {
    const text = line
      .replace(/ Do you need to (?:install|change) .*$/su, '')
      .replace(/^Cannot use namespace ('Intl') as a value\.$/u, 'Cannot find name $1.');
    return `${'  '.repeat(depth)}${text}`;
  });
  return lines.join('\n').slice(0, maxMessageChars);
}

/** What to do about it, where that is not in the message. */
export function adviceOn(diagnostic: ApiDiagnostic): string | undefined {
  const { code, text } = diagnostic;
  const [, named = ''] = /'([^']+)'/u.exec(text) ?? [];
  if (lacksAwait(diagnostic)) return 'It is a promise: write await before the call.';
  if (isUnknownName(code)) {
    const known = insteadOf(named);
    if (known !== undefined) return known;
    if (/Did you mean/u.test(text)) return undefined;
    return 'Tools are imported from ./servers/<server>; /mcp-tools/globals.d.ts lists the globals.';
  }
  if (isOfUnknown(diagnostic)) {
    return named === 'args'
      ? 'Nothing declares what the arguments of the run are: write args as { … }.'
      : 'A tool without a result type gives unknown: narrow it (typeof value === "string"), or cast it (value as { … }).';
  }
  if (maybeAbsent.includes(code)) return 'Check that it is there, or use ?. and ??.';
  if (code === 1484) return `Write import { type ${named} }.`;
  return undefined;
}
