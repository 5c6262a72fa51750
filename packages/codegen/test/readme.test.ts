import { parseServerId, type ServerCatalog, type ToolDefinition } from '@org/core';
import { describe, expect, test } from 'vitest';
import { generateGlobals, generateReadme } from '../src/index.ts';
import { hostileTexts } from './workbench.ts';

function catalog(id: string, tools: readonly string[], instructions?: string): ServerCatalog {
  return {
    server: parseServerId(id),
    serverInfo: { name: id, version: '1' },
    protocolVersion: '2025-11-25',
    ...(instructions !== undefined && { instructions }),
    tools: tools.map(
      (name) =>
        ({
          name,
          inputSchema: { type: 'object' },
          requiresTask: false,
          digest: '',
        }) as unknown as ToolDefinition,
    ),
    rejected: [],
  };
}

const globals = generateGlobals();
const linesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('- '));

describe('generateReadme()', () => {
  test('has a line for each server, sorted, and the functions of the host', () => {
    const text = generateReadme(
      [
        { folder: 'web', catalog: catalog('web', ['get'], '# Web\n\nFetches pages.\nMore.') },
        { folder: 'my_files', catalog: catalog('my files', ['read-text', 'write-text']) },
        { folder: 'down' },
        { folder: 'empty', catalog: catalog('empty', []) },
      ],
      globals,
    );
    expect(linesOf(text)).toEqual([
      '- down: cannot be reached.',
      '- empty: 0 tools',
      "- my_files (server 'my files'): 2 tools. read_text, write_text",
      "- web: 1 tool. 'Fetches pages.'",
    ]);
    expect(text).toContain("import { read_text } from './servers/my_files';");
    const names = ['callTool', 'searchTools', 'readFile', 'writeFile', 'listFiles', 'getState'];
    for (const name of [...names, 'setState', 'sleep'])
      expect(text).toContain(`${name},`.replace('sleep,', 'sleep.'));
    expect(text).not.toContain('PARTIAL');
    expect(text).not.toMatch(/\b(?:setTimeout|log|structuredClone)\b/u);
  });

  test('knows the functions that the host of a sandbox adds', () => {
    const extended = generateGlobals({ findCustomer: {} });
    expect(generateReadme([], extended)).toContain('findCustomer');
    expect(generateReadme([], extended)).toContain('None.');
  });

  test('says how much is left out when it is long', () => {
    const servers = Array.from({ length: 1_000 }, (_, index) => ({
      folder: `server-${index}`,
      catalog: catalog(`server-${index}`, ['tool'], 'x'.repeat(1_000)),
    }));
    const text = generateReadme(servers, globals);
    expect(text.length).toBeLessThan(8_000);
    const left = Number(/^PARTIAL: (\d+) more servers/mu.exec(text)?.[1]);
    expect(left + linesOf(text).length).toBe(1_000);
  });

  test('is one line for a server, whatever the server says', () => {
    for (const hostile of hostileTexts) {
      const text = generateReadme(
        [{ folder: 'x', catalog: catalog('x', ['a'], hostile) }],
        globals,
      );
      expect(linesOf(text)).toHaveLength(1);
      expect(text).not.toMatch(/[^\P{C}\n]|\p{DI}|[\u2028\u2029]/u);
      expect(text.split('\n')).toHaveLength(
        generateReadme([{ folder: 'x' }], globals).split('\n').length,
      );
    }
  });
});
