import type { ProgramTypes } from '@org/checker';
import { type FileSystem, plainText, SandboxError } from '@org/core';
import { plainLine } from '../plain-text.ts';

interface NamedSource {
  readonly name: string;
  readonly source: string;
}

export interface ReadTypesOptions {
  /** Whether a program with an error is refused. */
  readonly check: boolean;
  /** Gets texts that are ready to be shown. */
  readonly warn: (text: string) => void;
}

/**
 * The types of what a program takes and gives, as TypeScript resolves them. Any JSON fits them where
 * there is no TypeScript for this machine.
 * @throws SandboxError `TYPE_ERROR` for a program with an error, as `createChecker`
 */
export async function readTypes(
  files: FileSystem,
  { name, source }: NamedSource,
  { check, warn }: ReadTypesOptions,
): Promise<ProgramTypes> {
  const { createChecker, describeDiagnostics } = await import('@org/checker');
  await using checker = createChecker({ files });
  try {
    if (check) {
      const result = await checker.check(source, { name });
      const shown = describeDiagnostics(result, plainLine(name));
      if (!result.ok) {
        throw new SandboxError('TYPE_ERROR', `The program does not fit its types:\n${shown}`, {
          hint: 'Correct it, or save it as it is with --no-check.',
        });
      }
      if (shown !== '') warn(plainText(shown));
    }
    return await checker.signature(source, { name });
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== 'INTERNAL') throw error;
    warn(`The types of the program are not known, and its parameters are any: ${error.message}`);
    return { parameters: {} };
  }
}
