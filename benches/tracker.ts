/** What the benches of compiling and of checking work on. */
import { deepStrictEqual } from 'node:assert/strict';
import { generateGlobals, generateServerFiles } from '@org/codegen';
import { type JsonObject, parseServerId, parseVfsPath, toolsRoot } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';

const issue: JsonObject = {
  type: 'object',
  properties: {
    number: { type: 'integer' },
    title: { type: 'string' },
    state: { enum: ['open', 'closed'] },
    labels: { type: 'array', items: { type: 'string' } },
  },
  required: ['number', 'title', 'state', 'labels'],
};
const tools = [
  {
    name: 'search_issues',
    description: 'Finds issues by text.',
    inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    outputSchema: {
      type: 'object',
      properties: { issues: { type: 'array', items: issue } },
      required: ['issues'],
    },
  },
  {
    name: 'update_issue',
    description: 'Changes title, state or labels of an issue.',
    inputSchema: issue,
    outputSchema: {
      type: 'object',
      properties: { updated: { type: 'boolean' } },
      required: ['updated'],
    },
  },
];
const catalog = await introspect({
  server: parseServerId('tracker'),
  serverInfo: { name: 'tracker', version: '1' },
  protocolVersion: '2025-11-25',
  capabilities: {},
  listPage: async () => ({ items: tools }),
});
/** The wrappers of a server with two tools, and the globals. */
export const files = createFileSystem();
files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));
files.publish(generateServerFiles(catalog, 'tracker'));

/** A program of 50 lines with two wrappers. */
export const source = `
import { search_issues, update_issue } from './servers/tracker';

interface Summary {
  readonly label: string;
  readonly open: number;
  readonly closed: number;
}

type Issue = Awaited<ReturnType<typeof search_issues>>['issues'][number];

const stale = 100;

function countByLabel(issues: readonly Issue[]): Map<string, Summary> {
  const summaries = new Map<string, Summary>();
  for (const { labels, state } of issues) {
    for (const label of labels) {
      const before = summaries.get(label) ?? { label, open: 0, closed: 0 };
      summaries.set(label, {
        ...before,
        open: before.open + (state === 'open' ? 1 : 0),
        closed: before.closed + (state === 'closed' ? 1 : 0),
      });
    }
  }
  return summaries;
}

async function close(issue: Issue): Promise<boolean> {
  const { updated } = await update_issue({ ...issue, state: 'closed' });
  return updated;
}

function isStale(issue: Issue): boolean {
  return issue.state === 'open' && issue.number < stale;
}

export default async function main({ query = 'crash' }: { query?: string }) {
  const { issues } = await search_issues({ query });
  const closed = await Promise.all(issues.filter(isStale).map(close));

  const summaries = [...countByLabel(issues).values()];
  summaries.sort((a, b) => b.open - a.open);  const labels = summaries.map(({ label, open }) => label + ': ' + open);

  return {
    query,
    found: issues.length,
    closed: closed.filter(Boolean).length,
    labels,
  };
}
`.trim();
deepStrictEqual(source.split('\n').length, 50);
