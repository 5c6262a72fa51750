import { plainText } from '@org/core';
import { estimateTokens } from './shape/tokens.ts';

/** Of the names of servers. */
const serverTokens = 80;
const maxName = 40;

/**
 * What an agent is told of the server when it connects: at most 400 tokens.
 * @param servers as programs import them
 */
export function instructionsFor(servers: readonly string[]): string {
  return `Programs instead of single tool calls: execute_code runs TypeScript in which the tools of MCP servers are typed functions. Write one program for a task; only the value that it returns comes back, so filter and shorten there.

Servers: ${serverList(servers)}
1. search_tools({"query": "list issues"}) gives signatures and import lines.
2. execute_code with code such as
\`\`\`ts
import { list_issues, get_issue } from './servers/github';
const issues = await list_issues({ repo: 'octo/cat' });
const full = await Promise.all(issues.map(({ number }) => get_issue({ number })));
return full.filter((issue) => issue.comments > 5).map(({ title }) => title);
\`\`\`
Independent calls belong in one Promise.all. A failed call throws; catch it to go on. Types are checked before anything runs.
In a program: readFile, writeFile and listFiles for /workspace and /mcp-tools, getState and setState, searchTools, args. There is no fetch, shell or npm.
Large results are cut; resume_run with select shows other parts. If status is not "returned", do what \`next\` says, and never repeat calls that are done or unknown.`;
}

function serverList(servers: readonly string[]): string {
  const shown: string[] = [];
  let left = serverTokens;
  for (const server of servers) {
    const name = plainText(server).slice(0, maxName);
    left -= estimateTokens(name) + 1;
    if (left < 0) break;
    shown.push(name);
  }
  if (servers.length === 0) return 'none.';
  const more = servers.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
