// A server whose only tool answers with $ROWS rows as JSON text.
import { createInterface } from 'node:readline';
import { issues } from './issues.ts';

const text = JSON.stringify(issues(Number(process.env.ROWS)));
const results: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'rows', version: '1' },
  },
  'tools/list': { tools: [{ name: 'list_issues', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text }] },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line) as { readonly id?: number; readonly method: string };
  if (id === undefined) return;
  process.stdout.write(
    `${JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} })}\n`,
  );
});
