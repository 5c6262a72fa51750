import { visibleText } from '../plain-text.ts';
import type { ShownCall } from './shown-calls.ts';

/** A call with all of its arguments and its answer, for a terminal; nothing in it acts or hides. */
export function callText({ id, name, status, args, answer }: ShownCall): string {
  const parts = [`${id}. ${visibleText(name)}: ${status}`, 'Arguments:', shownJson(args)];
  if (answer !== undefined) parts.push('Answer:', shownJson(answer));
  return parts.join('\n');
}

/** JSON text, or any other, in lines that are indented. */
export function shownJson(text: string): string {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Arguments of host functions are no JSON; they are shown as they are.
  }
  return visibleText(shown).replaceAll(/^/gmu, '  ');
}
