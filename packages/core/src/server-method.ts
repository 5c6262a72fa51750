/** What a server can be asked for besides its tools (MCP 2025-11-25, server/resources, server/prompts). */
export const serverMethods = [
  'resources/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
] as const;

export type ServerMethod = (typeof serverMethods)[number];

/** Begins the names of what is called like a tool and is none. No tool's name begins with it. */
export const methodMark = '@';

/**
 * The name by which calls, policy, rates, approvals and records speak of a method where they
 * otherwise name a tool: `@resources/read`.
 */
export function methodName(method: ServerMethod): string {
  return methodMark + method;
}

/** The method that `name` stands for; undefined for all other names. */
export function methodOf(name: string): ServerMethod | undefined {
  return serverMethods.find((method) => methodName(method) === name);
}
