import {
  didYouMean,
  methodOf,
  plainText,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolDefinition,
} from '@org/core';
import { methodDefinition } from './method-definition.ts';
import { capText } from './redact.ts';

const listedNames = 20;

/** `UNKNOWN_SERVER` for a name that is not in the configuration. */
export function unknownServer(name: string, usable: readonly string[]): SandboxError {
  return new SandboxError(
    'UNKNOWN_SERVER',
    `There is no server ${quoted(name)}.${didYouMean(name, usable)}`,
    { hint: usableServers(usable) },
  );
}

/** `NOT_ALLOWED` for a configured server that may not be used. */
export function notAllowed(
  name: string,
  disabled: boolean,
  usable: readonly ServerId[],
): SandboxError {
  return new SandboxError(
    'NOT_ALLOWED',
    disabled
      ? `Server ${quoted(name)} is disabled in the server configuration.`
      : `Server ${quoted(name)} is not on the list of servers allowed here.`,
    { hint: usableServers(usable) },
  );
}

/** `NOT_ALLOWED` for a tool that the policy denies. */
export function deniedTool(server: ServerId, tool: string, because: string): SandboxError {
  return new SandboxError(
    'NOT_ALLOWED',
    `Calls of ${quoted(tool)} of server ${quoted(server)} are not allowed: ${because}.`,
    { hint: 'Do without it.' },
  );
}

/**
 * What a call names: a tool, or a method (`methodName`); names are case-sensitive.
 * @throws SandboxError `UNKNOWN_TOOL`, or `TOOL_FAILED` for one that a plain call cannot use
 */
export function findTool(catalog: ServerCatalog, name: string): ToolDefinition {
  const method = methodOf(name);
  if (method !== undefined) return methodDefinition(method);
  const tool = catalog.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) {
    const names = catalog.tools.map((candidate) => candidate.name);
    throw new SandboxError(
      'UNKNOWN_TOOL',
      `Server ${quoted(catalog.server)} has no tool ${quoted(name)}.${didYouMean(name, names)}`,
      { hint: names.length === 0 ? 'It has no tools.' : `It has: ${listed(names)}.` },
    );
  }
  if (tool.requiresTask) {
    throw new SandboxError(
      'TOOL_FAILED',
      `The tool ${quoted(name)} only runs as a task, which is not supported yet.`,
      { hint: 'Use another tool of the server.' },
    );
  }
  return tool;
}

function usableServers(usable: readonly string[]): string {
  return usable.length === 0 ? 'No server may be used.' : `Usable servers: ${listed(usable)}.`;
}

export function listed(names: readonly string[]): string {
  const rest = names.length - listedNames;
  const some = names.slice(0, listedNames).map((name) => capText(plainText(name), 128));
  return `${some.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

export function quoted(name: string): string {
  return JSON.stringify(capText(plainText(name.slice(0, 1_000)), 128));
}
