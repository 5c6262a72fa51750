/*
 * A server's text enters generated code in these contexts only, and each has one escaper: a string
 * literal, a doc comment, a property key, JSON text. Identifiers are built, never escaped: see
 * identifier.ts.
 */

/**
 * What a reader cannot see: control, format (bidi, zero-width, tags), private-use and unassigned
 * characters, lone surrogates, fillers and variation selectors, line and paragraph separators.
 */
const invisible = /[\p{C}\p{DI}\u2028\u2029]/gu;
const invisibleInText = /(?!\n)[\p{C}\p{DI}\u2028\u2029]/gu;

/** One line without anything to escape in a literal or a comment: most texts, so it is looked at first. */
const plainText = /^[\w ,.:;()[\]=+"%&!?|~^$-]*$/;
const severalSpaces = / {2}| $|^ /;

function unicodeEscape(text: string): string {
  let escaped = '';
  for (let unit = 0; unit < text.length; unit++) {
    escaped += `\\u${text.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/**
 * A single-quoted literal that evaluates to exactly `text`. It is also inert to tools that search
 * code as text: nothing in it ends a comment or a script, or names a source map.
 */
export function stringLiteral(text: string): string {
  if (plainText.test(text)) return `'${text}'`;
  const body = text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(invisible, unicodeEscape)
    .replace(/<(?=[/!])/g, '\\x3c')
    .replace(/(?<=\/[/*])[#@]/g, unicodeEscape)
    .replace(/\*\//g, '*\\/');
  return `'${body}'`;
}

const plainKey = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A property's key in an object type. */
export function propertyKey(name: string): string {
  return plainKey.test(name) ? name : stringLiteral(name);
}

/** JSON text with what a reader cannot see written as `\uXXXX`. `value` must not be deep. */
export function jsonText(value: unknown, indent?: number): string {
  const invisibleInJson = /(?!\n)[\p{C}\p{DI}\u2028\u2029]/gu;
  return JSON.stringify(value, null, indent).replace(invisibleInJson, unicodeEscape);
}

/** `text` on one line without invisible characters, cut with `…` at `maxLength`. Not escaped. */
export function oneLine(text: string, maxLength: number): string {
  const first =
    visibleText(text, maxLength * 4)
      .trimStart()
      .split('\n', 1)[0] ?? '';
  return cut(first.replace(/\s+/g, ' ').trim(), maxLength);
}

function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;
}

function visibleText(text: string, maxLength: number): string {
  return cut(text, maxLength)
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, '  ')
    .replace(invisibleInText, '');
}

/** Words with one space between; up to eight spaces before them stay. */
function tidy(line: string): string {
  const indent = /^ {0,8}/.exec(line)?.[0] ?? '';
  const words = line.split(' ').filter((part) => part !== '');
  return words.length === 0 ? '' : indent + words.join(' ');
}

/**
 * Lines for `docComment` that show `text`, at most `maxLength` characters of it. They cannot end
 * the comment, nor start a tag or a directive in it (`@ts-ignore`, `sourceMappingURL`).
 */
export function commentText(text: string, maxLength: number): string[] {
  if (text.length <= maxLength && plainText.test(text) && !severalSpaces.test(text)) return [text];
  const escaped = visibleText(text, maxLength)
    .replace(/\*(?=\/)/g, '*\\')
    .replace(/<(?=[/!])/g, '<\\')
    .replace(/(?<=\/[/*])(?=[#@])/g, ' ')
    .replace(/(?<![\p{L}\p{N}_])@/gu, '\\@')
    .replace(/\n\s*\n\s*\n/g, '\n\n')
    .trimEnd();
  return escaped.replace(/^\n+/, '').split('\n').map(tidy);
}

/** A doc comment of `lines` that are already escaped, ending in a newline; empty for no lines. */
export function docComment(lines: readonly string[]): string {
  const [only] = lines;
  if (only === undefined) return '';
  if (lines.length === 1) return `/** ${only} */\n`;
  const body = lines.map((line) => ` *${line === '' ? '' : ` ${line}`}\n`);
  return `/**\n${body.join('')} */\n`;
}
