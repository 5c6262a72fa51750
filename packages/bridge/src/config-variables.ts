import { SandboxError } from '@org/core';

// ${VAR}, ${VAR:-default} and ${env:VAR}: what Claude Code, VS Code and Cursor write.
const reference = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export type Environment = Readonly<Record<string, string | undefined>>;

// What VS Code asks its user for, and the project's folder in VS Code and Cursor.
const input = /\$\{input:([^}]*)\}/;
const workspaceFolder = /\$\{workspaceFolder\}/g;

/** Where a text stands, for the message about a variable that is not set. */
export interface Place {
  readonly server: string;
  readonly file: string;
  /** Stands in for `${workspaceFolder}`. */
  readonly folder: string;
}

/** A text with its variables filled in, and the values that came from the environment. */
export interface Expanded {
  readonly text: string;
  readonly values: readonly string[];
}

export function hasVariables(text: string): boolean {
  return text.search(reference) !== -1;
}

/**
 * Fills in the variables of `text`. As in a shell, the default of `:-` also stands in for an
 * empty value. Values are not expanded again.
 * @throws SandboxError `VARIABLE_UNSET`: a variable has no value and no default
 */
export function expandVariables(text: string, environment: Environment, place: Place): Expanded {
  const values: string[] = [];
  const asked = input.exec(text)?.[1];
  if (asked !== undefined) throw askedFor(asked, place);
  const here = text.replaceAll(workspaceFolder, () => place.folder);
  const expanded = here.replaceAll(reference, (_all, name: string, fallback?: string) => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (fallback !== undefined && (value === undefined || value === '')) return fallback;
    if (value === undefined) {
      throw new SandboxError(
        'VARIABLE_UNSET',
        `Server ${JSON.stringify(place.server)} in ${place.file} needs the environment variable ${name}, which is not set.`,
        { hint: `Set ${name}, or write \${${name}:-default} in ${place.file}.` },
      );
    }
    values.push(value);
    return value;
  });
  return { text: expanded, values };
}

function askedFor(name: string, { server, file }: Place): SandboxError {
  const shown = JSON.stringify(name);
  return new SandboxError(
    'VARIABLE_UNSET',
    `Server ${JSON.stringify(server)} in ${file} needs the input ${shown}, which only VS Code asks for.`,
    { hint: 'Define the server in .mcp.json with an environment variable in its place.' },
  );
}
