import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  checkPackage,
  createPackageFromTarballData,
  type EntrypointInfo,
} from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Packed, packAll, root } from './packed.ts';

const folders = readdirSync(path.join(root, 'packages')).sort();
/** Only the command line has nothing to import. */
const importable = (folder: string) => folder !== 'cli';

/** What a package has beside LICENSE, README.md, package.json, its sources and what was made of them. */
const extras: Readonly<Record<string, readonly string[]>> = {
  cli: ['bin/mcp-cli.js', 'dist/NOTICES.txt', 'oclif.manifest.json'],
  'wasm-runtime': [
    'engine/component-after.bin',
    'engine/component-before.bin',
    'engine/engine.json',
    'engine/engine.wasm',
    'wit/agent.wit',
  ],
};

let into: string;
let packages: readonly Packed[];

beforeAll(async () => {
  into = mkdtempSync(path.join(tmpdir(), 'packed-'));
  packages = await packAll(into);
}, 240_000);

afterAll(() => rmSync(into, { recursive: true }));

function packed(folder: string): Packed {
  const found = packages.find(({ name }) => name === `@org/${folder}`);
  if (found === undefined) throw new Error(`@org/${folder} was not packed.`);
  return found;
}

test('every package of the workspace is packed', () => {
  expect(packages.map(({ name }) => name).sort()).toEqual(folders.map((name) => `@org/${name}`));
});

describe.each(folders)('@org/%s', (folder) => {
  test('has its sources, what was compiled from them, and nothing else', async () => {
    const source = path.join(root, 'packages', folder, 'src');
    const sources = (await readdir(source, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)));
    const compiled = importable(folder)
      ? sources
          .filter((name) => name.endsWith('.ts'))
          .flatMap((name) => ['.js', '.d.ts'].map((ending) => name.replace(/\.ts$/u, ending)))
          .flatMap((name) => [`dist/${name}`, `dist/${name}.map`])
      : packed(folder).paths.filter((name) => /^dist\/.+\.js$/u.test(name));
    const expected = [
      'LICENSE',
      'README.md',
      'package.json',
      ...(extras[folder] ?? []),
      ...compiled,
    ];
    expect(packed(folder).paths).toEqual(
      [...expected, ...sources.map((name) => `src/${name}`)].sort(),
    );
  });

  test('has source maps that lead to sources in the package', () => {
    const { folder: unpacked, paths } = packed(folder);
    for (const name of paths.filter((one) => one.endsWith('.map'))) {
      const file = path.join(unpacked, name);
      const { sources } = JSON.parse(readFileSync(file, 'utf8'));
      expect(sources).toHaveLength(1);
      expect(existsSync(path.resolve(path.dirname(file), sources[0])), name).toBe(true);
    }
  });

  test('depends on real versions, and on every package that its code and its types import', () => {
    const { folder: unpacked, paths, manifest } = packed(folder);
    const { dependencies = {} } = manifest;
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
    const imported = paths
      .filter((name) => /^(?:dist|bin)\/.*\.(?:js|d\.ts)$/u.test(name))
      .flatMap((name) => importsOf(readFileSync(path.join(unpacked, name), 'utf8')));
    expect([...new Set(imported)].sort()).toEqual(Object.keys(dependencies).sort());
  });

  test('has no problem that publint knows', async () => {
    const { messages, pkg } = await publint({
      pkgDir: packed(folder).folder,
      pack: false,
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});

test('the command line is bundled: each command, its worker, the notices of what it took in', () => {
  const { paths, folder } = packed('cli');
  const commands = paths
    .filter((name) => /^src\/(?:commands|hooks)\/.*\.ts$/u.test(name))
    .map((name) => name.replace(/^src(.*)\.ts$/u, 'dist$1.js'));
  expect(commands.length).toBeGreaterThan(20);
  expect(paths).toEqual(
    expect.arrayContaining([...commands, 'dist/worker.js', 'dist/compile-child.js']),
  );
  const notices = readFileSync(path.join(folder, 'dist/NOTICES.txt'), 'utf8');
  for (const name of ['@oclif/core', '@modelcontextprotocol/client', 'memfs', 'zod']) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'mu'));
  }
  expect(notices).toContain('THE SOFTWARE IS PROVIDED');
});

test('the command line depends on the same versions as the packages that it took in', () => {
  const { dependencies: own = {} } = packed('cli').manifest;
  expect(own.rolldown).toBe(packed('wasm-runtime').manifest.dependencies?.rolldown);
  expect(own.typescript).toBe(packed('checker').manifest.dependencies?.typescript);
});

test.each(folders.filter(importable))(
  '@org/%s has types that ES modules and bundlers resolve',
  async (folder) => {
    const result = await checkPackage(
      createPackageFromTarballData(readFileSync(packed(folder).file)),
    );
    if (result.types === false) throw new Error('The package has no types.');
    const { resolutions } = result.entrypoints['.'] as EntrypointInfo;
    for (const kind of ['node16-esm', 'bundler'] as const) {
      expect(resolutions[kind].resolution?.fileName).toMatch(/\/dist\/index\.d\.ts$/u);
    }
    // The packages are ES modules only.
    const others = ['node10', 'node16-cjs'];
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && others.includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  },
);

/** Names of the packages that a module imports; what comments say of types is left out. */
function importsOf(commented: string): string[] {
  const code = commented.replaceAll(/^\s*(?:\/\*\*|\*|\/\/).*$/gmu, '');
  const specifiers = [
    ...code.matchAll(/^(?:import|export|\})[^'"`]*?\bfrom ['"]([^'"]+)['"];/gmu),
    ...code.matchAll(/^import ['"]([^'"]+)['"];/gmu),
    ...code.matchAll(/\bimport(?:\.meta\.resolve)?\(['"]([^'"]+)['"]\)/gu),
  ].map(([, specifier = '']) => specifier);
  return specifiers
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/u.exec(specifier)?.[0] ?? specifier);
}

const mostBytes: Readonly<Record<string, number>> = {
  '@org/wasm-runtime': 5_000_000,
  '@org/bridge': 320_000,
  '@org/cli': 2_000_000,
  '@org/codegen': 200_000,
  '@org/runs': 200_000,
  '@org/server': 200_000,
};

test('the tarballs stay small', () => {
  for (const { name, bytes } of packages) {
    expect(bytes, name).toBeLessThan(mostBytes[name] ?? 100_000);
  }
});
