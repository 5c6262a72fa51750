import type { ServerId, ToolName } from '@org/core';
import { expect, test } from 'vitest';
import { describeCatalog, type Introspected } from '../src/describe-catalog.ts';

const acting = '\u001B[2J\u001B]0;owned\u0007\u009B31m\u202E\r\n';

const catalog = (
  tool: object,
  rejected: Introspected['rejected'] = [],
  more: Partial<Introspected> = {},
): Introspected => ({
  server: 'mine' as ServerId,
  serverInfo: { name: `n${acting}`, version: `v${acting}` },
  protocolVersion: `2025${acting}`,
  tools: [
    {
      name: 'find' as ToolName,
      inputSchema: { type: 'object' },
      requiresTask: false,
      digest: '',
      ...tool,
    },
  ],
  rejected,
  capabilities: {},
  resources: [],
  resourceTemplates: [],
  prompts: [],
  ...more,
});

test('describeCatalog() shows no text of a server that acts, or begins a line', () => {
  const properties = { [`p${acting}`]: {}, q: {} };
  const text = describeCatalog(
    catalog(
      {
        description: `${acting}first${acting}second`,
        inputSchema: { properties, required: ['q', 7] },
      },
      [{ name: `bad${acting}`, reason: `why${acting}` }],
    ),
    'mine',
  );
  expect(text.split('\n')).toEqual([
    'mine: 1 tool (n v , MCP 2025 )',
    '  find(q, p ?)  first',
    '  not usable: bad : why',
    "  import { … } from './servers/mine'",
    '',
  ]);
});

test.each([20, 40])('describeCatalog() fits a terminal of %i columns', (columns) => {
  const properties = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}`, {}]));
  const text = describeCatalog(
    catalog({ description: 'x'.repeat(100), inputSchema: { properties } }),
    'mine',
    columns,
  );
  const lines = text.split('\n').slice(1, 2);
  expect(lines.map((line) => line.length)).toEqual([columns]);
  expect(lines.every((line) => line.endsWith('…'))).toBe(true);
});

test.each([null, [], 'text', { properties: [] }, { properties: null }, { required: 'x' }])(
  'describeCatalog() takes the schema %j',
  (inputSchema) => {
    const shown = describeCatalog(catalog({ inputSchema: inputSchema ?? {} }), 'mine');
    expect(shown).toContain('  find()\n');
  },
);

test('describeCatalog() shows what there is beside tools, and no text that acts', () => {
  const text = describeCatalog(
    catalog({}, [], {
      resources: [
        { uri: `a:${acting}`, name: `A${acting}x`, mimeType: `t${acting}`, size: 7 },
        { uri: 'long:/'.padEnd(50, 'x'), name: 'B', description: `first${acting}second` },
      ],
      resourceTemplates: [{ uriTemplate: 'b:{x}', name: 'b:{x}', title: 'T' }],
      prompts: [
        {
          name: 'p',
          arguments: [
            { name: 'y', required: false },
            { name: 'x', required: true },
          ],
        },
      ],
    }),
    'mine',
    80,
  );
  expect(text.split('\n').slice(0, -1)).toEqual([
    'mine: 1 tool, 2 resources, 1 resource template, 1 prompt (n v , MCP 2025 )',
    '  find()',
    '  resources:',
    `    ${'a:'.padEnd(40)}  A x [t , 7 bytes]`,
    `    ${'long:/'.padEnd(50, 'x')}  B: first`,
    '  resource templates:',
    '    b:{x}  T',
    '  prompts:',
    '    p(x, y?)',
    "  import { … } from './servers/mine'",
  ]);
});
