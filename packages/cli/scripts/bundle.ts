/**
 * Makes `dist`: the command line, the packages of this workspace and those of others that it uses, in
 * few files. Outside stay the engine, which is 13 MB, and what has native code.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { notices } from './notices.ts';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const modules = new Set<string>();

/** The templates of the wrappers, compiled ahead: their compiler is not needed at run time. */
const compiledTemplates: Plugin = {
  name: 'compiled-templates',
  load: {
    filter: { id: /\/codegen\/dist\/compile-template\.js$/u },
    handler: async (id) => {
      const { templateOptions } = await import(id);
      const handlebars = createRequire(id)('handlebars');
      const folder = path.resolve(path.dirname(id), '../src/templates');
      const compiled = globSync('*.hbs', { cwd: folder }).map((file) => {
        const text = readFileSync(path.join(folder, file), 'utf8');
        const name = JSON.stringify(path.parse(file).name);
        return `${name}: ${handlebars.precompile(text, templateOptions)}`;
      });
      return `import Handlebars from 'handlebars/runtime.js';
        const compiled = { ${compiled.join(',\n')} };
        export const compileTemplate = (name) => Handlebars.template(compiled[name]);`;
    },
  },
};

/** A kept verdict is one of this code. */
const namedChecker: Plugin = {
  name: 'named-checker',
  load: {
    filter: { id: /\/cli\/src\/checker-digest\.ts$/u },
    handler: () => {
      const hash = createHash('sha256');
      for (const name of ['core', 'checker']) {
        const folder = path.dirname(fileURLToPath(import.meta.resolve(`@org/${name}`)));
        for (const file of globSync('**/*.js', { cwd: folder }).sort()) {
          hash.update(readFileSync(path.join(folder, file)));
        }
      }
      return `export const checkerDigest = '${hash.digest('hex')}';`;
    },
  },
};

const engineElsewhere: Plugin = {
  name: 'engine-elsewhere',
  transform: {
    filter: { id: /\/wasm-runtime\/dist\/engine\.js$/u },
    handler: (code) => ({
      code: code.replaceAll('import.meta.url', "import.meta.resolve('@org/wasm-runtime')"),
      map: null,
    }),
  },
};

/** The first `localeCompare` of a process takes 10 ms; the names of commands are ASCII. */
const sortedByCodeUnit: Plugin = {
  name: 'sorted-by-code-unit',
  transform: {
    filter: { id: /\/@oclif\/core\/lib\/config\/plugin\.js$/u },
    handler: (code) => {
      const sorted = code.replace('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)');
      if (sorted === code) throw new Error('oclif sorts its commands in another way than before.');
      return { code: sorted, map: null };
    },
  },
};

/** What is known of the packages' sources, for the maps of the bundle. */
const mapsOfPackages: Plugin = {
  name: 'maps-of-packages',
  load: {
    filter: { id: /\/packages\/[^/]+\/dist\/.+\.js$/u },
    handler: (id) => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
  },
};

/** @param split whether entries share files, and load others when they need them */
async function bundle(input: Readonly<Record<string, string>>, split: boolean): Promise<void> {
  await using build = await rolldown({
    input: { ...input },
    platform: 'node',
    // What UMD modules ask for at run time no bundler finds.
    resolve: { mainFields: ['module', 'main'] },
    external: [/^rolldown(?:\/|$)/u, 'typescript'],
    plugins: [compiledTemplates, namedChecker, mapsOfPackages, engineElsewhere, sortedByCodeUnit],
  });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    // Without digests: what is kept of a file (compile-cache.ts) makes way for that of the next build.
    chunkFileNames: '[name].js',
    codeSplitting: split,
    // For the coverage of the tests; they are not published.
    sourcemap: 'hidden',
  });
  for (const part of output) {
    if (part.type === 'chunk') for (const id of part.moduleIds) modules.add(id);
  }
}

rmSync(dist, { recursive: true, force: true });
const commands = globSync('{commands,hooks}/**/*.ts', { cwd: path.join(root, 'src') });
const entries = ['compile-cache.ts', 'help.ts', 'main.ts', ...commands].map((name) => [
  name.replace(/\.ts$/u, ''),
  path.join(root, 'src', name),
]);
await bundle(Object.fromEntries(entries), true);
// A thread and a process of their own, which the runtime starts as files beside it.
const runtime = path.dirname(fileURLToPath(import.meta.resolve('@org/wasm-runtime')));
for (const name of ['worker', 'compile-child']) {
  await bundle({ [name]: path.join(runtime, `${name}.js`) }, false);
}
writeFileSync(path.join(dist, 'NOTICES.txt'), notices(modules));
