import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type JsonObject,
  parseServerId,
  type ServerCatalog,
  type ToolDefinition,
  type ToolName,
} from '@org/core';
import { generateGlobals } from '../src/index.ts';

/** Text that tries to leave the place it is put into. */
export const hostileTexts = [
  '*/ globalThis.pwned = 1; /*',
  '*\u200b/ globalThis.pwned = 1; /*',
  "'; globalThis.pwned = 1; '",
  '"; globalThis.pwned = 1; "',
  '`; globalThis.pwned = 1; `',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the attack
  '${globalThis.pwned = 1}',
  '{{constructor}} {{{doc}}}',
  "\\'; globalThis.pwned = 1; //",
  '\nglobalThis.pwned = 1;\n',
  '\r\nglobalThis.pwned = 1;\r\n',
  '\u2028globalThis.pwned = 1;\u2029',
  '</script><script>globalThis.pwned = 1</script>',
  '<!-- globalThis.pwned = 1; -->',
  '@ts-ignore',
  '@ts-expect-error',
  '@ts-nocheck',
  '//# sourceMappingURL=data:application/json,{}',
  '/*# sourceMappingURL=x.map */',
  '/// <reference path="/etc/passwd" />',
  'a\u202egnp.exe',
  'zero\u200bwidth\u2060\ufeff',
  'tag\u{e0041}\u{e0042}',
  'lone \ud800 surrogate',
  '\0\u0007\u001b[31m\u007f\u0085',
  '): void {}; globalThis.pwned = 1; function x(',
  '__proto__',
  'constructor',
  'prototype',
  'then',
  'default',
  'new',
  'get',
  'readonly',
  'import.meta',
  '../../etc/passwd',
  '..',
  '.',
  '/',
  'a/b',
  'con',
  'index',
  'callTool',
  'Promise',
  'arguments',
  '',
  ' ',
  '0',
  '-1',
  '日本語',
  '𝓯𝓪𝓷𝓬𝔂',
  '#private',
  '[key: string]',
] as const;

export interface ToolSketch {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
}

/** A catalog of tools as given, not checked by the introspector: codegen must not need that. */
export function catalogOf(
  server: string,
  tools: readonly ToolSketch[],
  more: Partial<ServerCatalog> = {},
): ServerCatalog {
  return {
    server: parseServerId(server),
    serverInfo: { name: 'test-server', version: '1.0.0' },
    protocolVersion: '2025-11-25',
    rejected: [],
    ...more,
    tools: tools.map(
      (tool): ToolDefinition => ({
        inputSchema: { type: 'object' },
        requiresTask: false,
        digest: 'd'.repeat(64),
        ...tool,
        name: tool.name as ToolName,
      }),
    ),
  };
}

/** The tools of a real server, as captured from its `tools/list`. */
export function fixtureCatalog(server: 'everything' | 'filesystem'): ServerCatalog {
  const file = new URL(`fixtures/${server}.json`, import.meta.url);
  const { tools, ...more } = JSON.parse(readFileSync(file, 'utf8'));
  return catalogOf(server, tools, more);
}

/** Calls `use` with a folder that holds `files`, `globals.d.ts` and a strict tsconfig. */
function inFolder<Result>(
  files: ReadonlyMap<string, string>,
  use: (folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'codegen-'));
  try {
    const all = new Map([
      ...files,
      ['/mcp-tools/globals.d.ts', generateGlobals()],
      ['/package.json', '{ "type": "module" }'],
      ['/tsconfig.json', JSON.stringify(tsconfig)],
    ]);
    for (const [path, text] of all) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { flag: 'wx' });
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tsconfig = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2024',
    lib: ['es2025'],
    types: [],
    module: 'nodenext',
    // For the programs of these tests; the generated files do not need it.
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    exactOptionalPropertyTypes: true,
  },
  include: ['**/*'],
};

const tsc = new URL('../../../node_modules/.bin/tsc', import.meta.url).pathname;

/** What the compiler says against `files`; empty when it accepts them. */
export function typeErrors(files: ReadonlyMap<string, string>): string {
  return inFolder(files, (folder) => {
    const { stdout, stderr } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
    return stdout + stderr;
  });
}

/** The JSON that `program` prints when Node runs it beside `files`. */
export function runBeside(files: ReadonlyMap<string, string>, program: string): unknown {
  // Node strips types, and does not look for the .ts behind a .js as a compiler or bundler does.
  const runnable = [...files].map(([path, text]): [string, string] => [
    path,
    path.endsWith('/index.ts') ? text.replace(/\.js';$/gm, ".ts';") : text,
  ]);
  return inFolder(new Map([...runnable, ['/program.ts', program]]), (folder) =>
    JSON.parse(execFileSync(process.execPath, [join(folder, 'program.ts')], { encoding: 'utf8' })),
  );
}
