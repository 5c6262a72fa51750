import { visibleText } from '../plain-text.ts';
import type { Drift } from './declared-tools.ts';

const shownChars = 1_000;
const cut = (text: string) => (text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`);

/** What has changed of tools since a skill was saved, for people. */
export function describeDrift({ server, tool, changes }: Drift): string {
  const name = visibleText(`${server}.${tool}`);
  if (changes.length === 0) return `The server has no tool ${name} any more.`;
  const lines = changes.map(({ part, before = '(none)', after = '(none)' }) => {
    return `  ${part}\n    was ${cut(visibleText(before))}\n    is  ${cut(visibleText(after))}`;
  });
  return [`${name} has changed since the skill was saved:`, ...lines].join('\n');
}
