/** A server that writes down each order that reaches it, in orders.txt: `node shop.ts`. */
import { appendFileSync } from 'node:fs';
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

const order = fromJsonSchema<{ item: string; count: number }>({
  type: 'object',
  properties: { item: { type: 'string' }, count: { type: 'integer' } },
  required: ['item', 'count'],
});
const receipt = fromJsonSchema<{ receipt: string }>({
  type: 'object',
  properties: { receipt: { type: 'string' } },
  required: ['receipt'],
});

const server = new McpServer({ name: 'shop', version: '1.0.0' });
server.registerTool(
  'order',
  { description: 'Orders something.', inputSchema: order, outputSchema: receipt },
  ({ item, count }) => {
    appendFileSync('orders.txt', `${count} ${item}\n`);
    const structuredContent = { receipt: `${count} ${item} are on their way` };
    return {
      structuredContent,
      content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
    };
  },
);
await server.connect(new StdioServerTransport());
