import { didYouMean, SandboxError } from '@org/core';

const shownNames = 30;
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** What is exported instead of `wanted`, as the hint of an error. */
export function exportsHint(wanted: string, available: readonly string[]): string {
  const shown = available
    .slice(0, shownNames)
    .map((name) => (identifier.test(name) ? name : JSON.stringify(name)));
  const list = shown.length === 0 ? 'nothing' : shown.join(', ');
  const more = available.length > shownNames ? ` and ${available.length - shownNames} more` : '';
  return `It exports ${list}${more}.${didYouMean(wanted, available)}`;
}

/**
 * A named entry must be there; without a name it is the default export, or nothing.
 * @throws SandboxError `NO_RESULT`
 */
export function checkEntry(
  { name, exports }: { readonly name: string; readonly exports: readonly string[] },
  entry: string | undefined,
): void {
  if (entry === undefined || exports.includes(entry)) return;
  throw new SandboxError('NO_RESULT', `${name} has no export named ${JSON.stringify(entry)}.`, {
    hint: exportsHint(entry, exports),
  });
}
