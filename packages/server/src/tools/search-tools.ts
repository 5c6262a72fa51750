import { maxToolHits, toolDetails } from '@org/core';
import { cutText } from '../shape/cut-text.ts';
import { estimateTokens } from '../shape/tokens.ts';
import { ToolInput } from './read-input.ts';
import { refusedMembers } from './schema.ts';
import { type AgentTool, namesIn, readsOnly } from './tool.ts';

export const searchTools: AgentTool = {
  name: 'search_tools',
  title: 'Find tools',
  description:
    'Find tools by what they do. Gives their signatures and the lines that import them into a program for execute_code.',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'Such as "create an issue"' },
      detail: { enum: [...toolDetails], description: 'Default: signature' },
      limit: { type: 'integer', description: 'Most tools to show. Default: 2' },
    },
    required: ['query'],
  },
  outputSchema: {
    type: 'object',
    properties: {
      hits: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            server: { type: 'string' },
            tool: { type: 'string' },
            text: { type: 'string' },
          },
          required: ['server', 'tool', 'text'],
        },
      },
      imports: { type: 'array', items: { type: 'string' } },
      found: { type: 'integer' },
      note: { type: 'string' },
      ...refusedMembers,
    },
    additionalProperties: false,
  },
  annotations: readsOnly,
  async call(raw, { client, session, budget }) {
    const input = new ToolInput('search_tools', raw, namesIn(searchTools));
    // One that says nothing finds all tools.
    const query =
      input.optionalText('query')?.trim() === '' ? '' : input.text('query', 'create an issue');
    const detail = input.choice('detail', toolDetails);
    const limit = input.whole('limit', maxToolHits);
    const result = await client.searchTools(query, {
      session,
      ...(detail !== undefined && { detail }),
      ...(limit !== undefined && { limit }),
    });
    const { note } = result;
    const hits = [];
    let left = budget.preset;
    for (const hit of result.hits) {
      const tokens = estimateTokens(hit.text);
      const text = tokens <= left ? hit.text : cutText(hit.text, left)?.text;
      if (text === undefined) break;
      hits.push({ ...hit, text });
      left -= tokens;
    }
    const text = [
      ...result.imports,
      ...hits.map((hit) => hit.text),
      ...(note === undefined ? [] : [note]),
      ...(hits.length === 0 && note === undefined ? ['No tool matches.'] : []),
    ].join('\n');
    const structuredContent = { ...result, imports: [...result.imports], hits };
    return { content: [{ type: 'text', text }], structuredContent };
  },
};
