const maxPatternLength = 200;
/** A beginning, an end or a part, in characters that mean themselves; `\\-`, `\\.`, `\\/`, `\\$` too. */
const literalPattern = /^(\^?)((?:(?!\p{DI})[\p{L}\p{N}_ :@/-]|\\[-./$])+)(\$?)$/u;

/**
 * The type of the keys that match a regular expression of a server's, as a template literal type.
 * Undefined where TypeScript cannot say it. The expression is only read, never run.
 */
export function keyPattern(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return undefined;
  const parts = literalPattern.exec(pattern.replace(/(?<!\\)\.\*\$?$/, ''));
  if (parts === null) return undefined;
  const [, start = '', escaped = '', end = ''] = parts;
  const literal = escaped.replace(/\\/g, '');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template literal type
  const rest = '${string}';
  if (start !== '' && end !== '') return undefined;
  return `\`${start === '' ? rest : ''}${literal}${end === '' ? rest : ''}\``;
}
