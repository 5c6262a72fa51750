import { didYouMean, SandboxError } from '@org/core';

const shownNames = 30;

/** What is exported instead of `wanted`, as the hint of an error. */
export function exportsHint(wanted: string, available: readonly string[]): string {
  const list = available.length === 0 ? 'nothing' : available.slice(0, shownNames).join(', ');
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
