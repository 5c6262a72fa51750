import { plainLine } from '../plain-text.ts';

/** What a person sees who starts the server at a terminal. */
export function greeting(servers: readonly string[], urls: readonly string[]): string {
  const shown = servers.slice(0, 20).map(plainLine).join(', ');
  const more = servers.length > 20 ? ` and ${servers.length - 20} more` : '';
  const what =
    servers.length === 0 ? 'no server: programs can compute, and call no tool' : `${shown}${more}`;
  const where =
    urls.length === 0
      ? 'on stdio. An MCP client starts this command by itself'
      : urls.join(' and ');
  return `Serving ${what}, ${where}. Ctrl-C ends it.`;
}
