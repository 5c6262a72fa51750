import type { CheckDiagnostic, CheckResult } from './diagnostic.ts';
import { excerpt } from './excerpt.ts';

/** More are counted. */
const maxShown = 10;

function indented(text: string): string {
  return text.replaceAll(/^/gmu, '  ');
}

function shown(diagnostic: CheckDiagnostic, name: string): string {
  const { severity, code, message, file = name, line, column, hint, signature } = diagnostic;
  const lines = [`${file}:${line}:${column} ${severity} ${code}: ${message}`, excerpt(diagnostic)];
  if (signature !== undefined) lines.push(indented(signature));
  if (hint !== undefined) lines.push(indented(hint));
  return lines.join('\n');
}

/**
 * Diagnostics for reading, those of `severity` only where it is given: each with its line, a marker,
 * the tool's signature and what to do; an empty text where there is none.
 * @param name what the agent calls the program
 */
export function describeDiagnostics(
  { diagnostics, omitted }: CheckResult,
  name: string,
  severity?: CheckDiagnostic['severity'],
): string {
  const wanted = diagnostics.filter((one) => severity === undefined || one.severity === severity);
  const texts = wanted.slice(0, maxShown).map((one) => shown(one, name));
  const more = wanted.length - texts.length + (wanted.length > maxShown ? omitted : 0);
  if (more > 0) texts.push(`… and ${more} more.`);
  return texts.join('\n');
}
