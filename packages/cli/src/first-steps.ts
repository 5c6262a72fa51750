import { readServerConfig } from '@org/bridge';
import { SandboxError } from '@org/core';

/** What to do first, for whoever starts in a folder without servers; empty where there are some. */
export async function firstSteps(cwd: string): Promise<string> {
  try {
    const { servers } = await readServerConfig({ cwd, env: process.env });
    if (servers.length > 0) return '';
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    if (error.code !== 'CONFIG_NOT_FOUND') return `\n${error.message}\n${error.hint ?? ''}\n`;
  }
  return `
FIRST STEPS
  There are no servers here yet, so programs have no tools.
  $ mcp-cli config init                      # makes .mcp.json, finds servers of other programs
  $ mcp-cli server add files -- npx -y @modelcontextprotocol/server-filesystem .
  $ mcp-cli tools list                       # what they have
  $ mcp-cli execute program.ts               # a program that calls them
`;
}
