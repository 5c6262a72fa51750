import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** JSON with comments and trailing commas. @throws Error where it is anything else. */
export function parseJsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined)
    throw new Error(`No JSON: ${printParseErrorCode(first.error)} at offset ${first.offset}.`);
  return value;
}

/** Whether `text` has the lines of `shown`, in which … stands for any text. */
export function hasLines(text: string, shown: string): boolean {
  const parts = shown.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&'));
  return new RegExp(`^${parts.join('[^]*?')}$`, 'mu').test(text);
}

/**
 * Where a document differs from one that a page shows: undefined where it does not. Texts are equal but
 * for …, numbers are numbers; a list may have more items, and an object more members if … is one of them.
 */
export function difference(actual: unknown, shown: unknown, at = ''): string | undefined {
  const differs = `${at || '/'}: ${JSON.stringify(actual)} is not ${JSON.stringify(shown)}`;
  if (typeof shown === 'string')
    return typeof actual === 'string' && hasLines(actual, shown) ? undefined : differs;
  if (typeof shown === 'number') return typeof actual === 'number' ? undefined : differs;
  if (typeof shown !== 'object' || shown === null) return actual === shown ? undefined : differs;
  if (typeof actual !== 'object' || actual === null) return differs;
  if (Array.isArray(shown) !== Array.isArray(actual)) return differs;
  const has = actual as Record<string, unknown>;
  const wanted = Object.entries(shown).filter(([key]) => key !== '…');
  if (!Array.isArray(shown) && !('…' in shown)) {
    const more = Object.keys(has).filter((key) => !(key in shown));
    if (more.length > 0) return `${at || '/'} has ${more.join(', ')} as well`;
  }
  return wanted
    .map(([key, one]) => difference(has[key], one, `${at}/${key}`))
    .find((one) => one !== undefined);
}
