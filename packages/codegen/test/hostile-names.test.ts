import { describe, expect, test } from 'vitest';
import { generateServerFiles } from '../src/index.ts';
import { catalogOf, hostileTexts, runBeside, typeErrors } from './workbench.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the attack
const serverId = '*/ `it\'s` "${x}" \\';

const catalog = catalogOf(
  serverId,
  hostileTexts.map((text) => ({
    name: text,
    title: text,
    description: text,
    inputSchema: {
      type: 'object',
      description: text,
      properties: Object.fromEntries([
        ...hostileTexts.map((key) => [key, { enum: [text], description: text, default: text }]),
        ['constraints', { type: 'string', format: text, pattern: text, title: text }],
        ['nested', { const: { [text]: [text] } }],
        ['ref', { $ref: `#/$defs/${text.replaceAll('~', '~0').replaceAll('/', '~1')}` }],
      ]),
      required: [...hostileTexts],
      $defs: Object.fromEntries([[text, { anyOf: [{ const: text }, { type: 'null' }] }]]),
    },
    outputSchema: { const: text, description: text },
  })),
  {
    serverInfo: { name: hostileTexts.join(''), version: hostileTexts.join('') },
    instructions: hostileTexts.join(' '),
    rejected: hostileTexts.map((text) => ({ name: text, reason: text })),
  },
);
const files = generateServerFiles(catalog, 'hostile');

describe('hostile text in every place', () => {
  test('generated files type-check under --strict', () => {
    expect(typeErrors(files)).toBe('');
    expect(typeErrors(new Map([...files, ['/bad.ts', 'export const x: string = 1;']]))).toContain(
      'bad.ts',
    );
  });

  test('keys and enum values are typed as exactly what the server sent', () => {
    const manifest = JSON.parse(
      files.get('/mcp-tools/servers/hostile/manifest.json' as never) ?? '',
    );
    const uses = catalog.tools.map((tool, index) => {
      const { identifier } = manifest.tools.find(
        (entry: { name: string }) => entry.name === tool.name,
      );
      // In a literal, `"__proto__": x` would set the prototype.
      const members = hostileTexts.map(
        (key) => `[${JSON.stringify(key)}]: ${JSON.stringify(tool.name)}`,
      );
      return (
        `import { ${identifier} as tool${index} } from './mcp-tools/servers/hostile/index.ts';\n` +
        `const result${index}: Promise<${JSON.stringify(tool.name)}> = tool${index}({ ${members.join(', ')} });\n` +
        `void result${index};\n`
      );
    });
    expect(typeErrors(new Map([...files, ['/use.ts', uses.join('')]]))).toBe('');
  });

  test('importing runs nothing, and each wrapper calls its own tool', () => {
    const program = `
      const calls: unknown[] = [];
      Object.assign(globalThis, { callTool: (...call: unknown[]) => { calls.push(call); } });
      const tools = await import('./mcp-tools/servers/hostile/index.ts');
      const early = calls.length;
      for (const tool of Object.values(tools)) (tool as (params: object) => unknown)({ a: 1 });
      console.log(JSON.stringify({ early, calls, pwned: 'pwned' in globalThis, names: Object.keys(tools) }));
    `;
    const ran = runBeside(files, program) as {
      early: number;
      calls: [string, string, unknown][];
      pwned: boolean;
      names: string[];
    };
    expect(ran.early).toBe(0);
    expect(ran.pwned).toBe(false);
    expect(ran.calls.every(([server]) => server === serverId)).toBe(true);
    const called = ran.calls.map(([, tool]) => tool);
    expect([...new Set(called)].sort()).toEqual([...hostileTexts].sort());
    expect(ran.calls.length).toBe(ran.names.length);
    // Each but those that an export cannot have is one of its own.
    const own = hostileTexts.filter((text) => ran.names.includes(text));
    const others = ['', '__proto__', 'default', 'then', 'lone \ud800 surrogate'];
    expect([...own, ...others].sort()).toEqual([...hostileTexts].sort());
  });

  test('no file has an invisible character, and no code has a directive or an end of a script', () => {
    for (const [path, text] of files) {
      expect(text, path).not.toMatch(/(?!\n)[\p{C}\p{DI}\u2028\u2029]/u);
      if (path.endsWith('.json')) continue;
      expect(text, path).not.toContain('</script');
      expect(text, path).not.toMatch(/^[\s/*]*@ts-/m);
      expect(text, path).not.toMatch(/\/[/*][#@]\s*sourceMappingURL=/);
    }
  });

  test('the manifest is JSON that gives every name back', () => {
    const manifest = JSON.parse(
      files.get('/mcp-tools/servers/hostile/manifest.json' as never) ?? '',
    );
    expect(manifest.server).toBe(serverId);
    expect(manifest.tools.map((tool: { name: string }) => tool.name)).toEqual(
      [...hostileTexts].sort(),
    );
    expect(manifest.rejected.length).toBe(hostileTexts.length);
  });
});
