import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { generateServerFiles } from '../src/index.ts';
import { capturedCatalog, capturedServers, readCapture } from './captured-catalogs.ts';
import { typeErrors } from './workbench.ts';

const servers = await Promise.all(
  capturedServers.map(async (server) => {
    const catalog = await capturedCatalog(server);
    const files: ReadonlyMap<string, string> = generateServerFiles(catalog, server);
    return { server, files, definitions: readCapture(server).tools };
  }),
);

/** Tokens of a tool as `tools/list` has it, and of its wrapper. */
const tools = servers.flatMap(({ server, files, definitions }) => {
  const folder = `/mcp-tools/servers/${server}`;
  const manifest = JSON.parse(files.get(`${folder}/manifest.json`) ?? '');
  return definitions.map((definition) => {
    const { name } = definition as { name: string };
    const { file } = manifest.tools.find((tool: { name: string }) => tool.name === name);
    const wrapper = files.get(`${folder}/${file}`) ?? '';
    return {
      name: `${server}/${name}`,
      listed: countTokens(JSON.stringify(definition)),
      written: countTokens(wrapper),
    };
  });
});

describe('wrappers of real servers', () => {
  test('are what tsc --strict accepts, all in one program', () => {
    const all = new Map(servers.flatMap(({ files }) => [...files]));
    expect(tools.length).toBe(158);
    expect(typeErrors(all)).toBe('');
  });

  test('have no unknown parameters: each schema of one is said in TypeScript', () => {
    const widened = servers.flatMap(({ files }) =>
      [...files].filter(([, text]) => /[\w>\])] \/\* (?!code)/.test(text)).map(([path]) => path),
    );
    expect(widened).toEqual([]);
  });

  test('take at most 60 % of the tokens of the definitions, in sum and in the median', () => {
    const listed = tools.reduce((sum, tool) => sum + tool.listed, 0);
    const written = tools.reduce((sum, tool) => sum + tool.written, 0);
    expect(written / listed).toBeLessThanOrEqual(0.6);
    const shares = tools.map((tool) => tool.written / tool.listed).sort((a, b) => a - b);
    expect(shares[Math.floor(shares.length / 2)]).toBeLessThanOrEqual(0.6);
    // Never more than the definition itself.
    expect(tools.filter((tool) => tool.written > tool.listed)).toEqual([]);
  });
});
