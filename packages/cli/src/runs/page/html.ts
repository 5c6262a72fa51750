import { visibleText } from '../../plain-text.ts';

/** Text that is HTML already. Only `html` makes it, so nothing of a program's gets in unescaped. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Safe between tags and within quoted attributes; what a reader would not see is shown as its code. */
function escaped(text: string): string {
  const shown = visibleText(text.replaceAll('\t', '  '));
  return shown.replaceAll(/[&<>"'`]/gu, (character) => entities[character] as string);
}

function rendered(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(rendered).join('');
  return escaped(String(value));
}

/** HTML in which each value is escaped that is not HTML itself. Attributes have to be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const inserted = values.map(rendered);
  return new Html(parts.map((part, index) => part + (inserted[index] ?? '')).join(''));
}
