/**
 * The servers that the pages speak of and that cannot be had here: `node server.ts <name>` is an MCP
 * server over stdio with the tools that they name.
 */
import { appendFileSync } from 'node:fs';
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

const [, , name = 'github'] = process.argv;
const server = new McpServer({ name, version: '1.0.0' });

const object = <T>(properties: Record<string, object>, optional: readonly string[] = []) =>
  fromJsonSchema<T>({
    type: 'object',
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
  });
const string = { type: 'string' };
const integer = { type: 'integer' };
const answer = (value: Record<string, unknown>) => ({
  content: [{ type: 'text' as const, text: JSON.stringify(value) }],
  structuredContent: value,
});
const onlyReads = { annotations: { readOnlyHint: true } };

const tools: Record<string, () => void> = {
  github() {
    server.registerTool(
      'get_issue',
      {
        description: 'Gets an issue.',
        inputSchema: object<{ number: number }>({ number: integer }),
        ...onlyReads,
      },
      ({ number }) => {
        const assignee = number === 13 ? null : { login: 'ada' };
        const issue = { assignee, ...(number % 2 === 0 && { body: 'It is slow.' }), id: number };
        return { content: [{ type: 'text', text: JSON.stringify(issue) }] };
      },
    );
    const issues = { type: 'array', items: integer };
    server.registerTool(
      'search_issues',
      {
        description: 'Finds the numbers of issues by their text.',
        inputSchema: object<{ query: string }>({ query: string }),
        outputSchema: object({ issues }),
        ...onlyReads,
      },
      () => answer({ issues: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }),
    );
    server.registerTool(
      'create_comment',
      {
        description: 'Comments on an issue.',
        inputSchema: object<{ issue_number: number; body: string }>({
          issue_number: integer,
          body: string,
        }),
        outputSchema: object({ id: integer }),
      },
      ({ issue_number, body }) => {
        appendFileSync('comments.txt', `${issue_number} ${body}\n`);
        return answer({ id: 1_000_000 + issue_number });
      },
    );
  },
  shop() {
    server.registerTool(
      'order',
      {
        description: 'Orders something.',
        inputSchema: object<{ item: string; count?: number }>({ item: string, count: integer }, [
          'count',
        ]),
        outputSchema: object({ receipt: string }),
      },
      ({ item }) => answer({ receipt: `for ${item}` }),
    );
  },
  camera() {
    server.registerTool('take_picture', { description: 'Takes a picture.' }, () => ({
      content: [
        { type: 'image', mimeType: 'image/png', data: Buffer.alloc(2_000_000).toString('base64') },
      ],
    }));
  },
  store() {
    server.registerTool(
      'upload',
      {
        description: 'Keeps a file.',
        inputSchema: object<{ name: string; data: string }>({ name: string, data: string }),
        outputSchema: object({ bytes: integer }),
      },
      ({ data }) => answer({ bytes: Buffer.from(data, 'base64').length }),
    );
  },
};
tools[name]?.();
await server.connect(new StdioServerTransport());
