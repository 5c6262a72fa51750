import path from 'node:path';
import type { Launch } from '@org/bridge';

/**
 * Whether a server is `mcp-cli serve` itself: clients keep it in the files that this command reads its
 * servers from.
 */
export function isThisCommand(launch: Launch): boolean {
  if (launch.type !== 'stdio') return false;
  const words = [launch.command, ...launch.args];
  const at = words.findIndex((word) => /^mcp-cli(?:\.(?:js|cmd|exe))?$/u.test(path.basename(word)));
  return at >= 0 && words[at + 1] === 'serve';
}
