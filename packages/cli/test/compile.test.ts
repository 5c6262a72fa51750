import { createHash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { keysOf, outcomeOf, servers, test } from './harness.ts';

const source = `import { greet } from './servers/tools';
export const shout = async ({ name = 'you' }) => (await greet({ name })).toUpperCase();
export const fail = (): never => {
  throw new RangeError('on purpose');
};
export default async ({ name = 'you' }) => [await greet({ name }), Math.random()];
`;

const compiledKeys = ['bytes', 'digest', 'engine', 'exports', 'file', 'imports', 'standalone'];

/** Files of a folder, without those of the cache. */
const namesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();

describe.concurrent('compile', () => {
  test.for([
    ['a small module', []],
    ['a component', ['--standalone']],
  ] as const)(
    'writes %s, which execute runs as it runs the source',
    async ([, flags], { workshop }) => {
      await workshop.configure({ tools: servers.tools });
      await workshop.write('report.ts', source);
      const compiled = await workshop.cli(['compile', 'report.ts', ...flags]);
      expect(compiled).toMatchObject({ code: 0, stderr: '' });
      const bytes = await readFile(workshop.path('report.wasm'));
      expect(compiled.stdout).toBe(
        `Wrote report.wasm: ${bytes.length} bytes, exports shout, fail, default\n`,
      );
      // The second word of the header tells modules from components.
      expect(bytes.readUInt16LE(6)).toBe(flags.length === 0 ? 0 : 1);

      const args = ['--args', '{"name":"Ada"}', '--seed', 's', '--json'];
      const [fromSource, fromFile, shouted, failed, missing] = await Promise.all([
        workshop.cli(['execute', 'report.ts', ...args]),
        workshop.cli(['execute', 'report.wasm', ...args]),
        workshop.cli(['execute', 'report.wasm', ...args, '--entry', 'shout']),
        workshop.cli(['execute', 'report.wasm', '--entry', 'fail']),
        workshop.cli(['execute', 'report.wasm', '--entry', 'shuot']),
      ]);
      const { value, usage } = outcomeOf(fromFile, 'value');
      expect(value).toEqual(['Hello Ada!', expect.any(Number)]);
      expect(value).toEqual(outcomeOf(fromSource, 'value').value);
      expect(usage.fuel).toBe(outcomeOf(fromSource, 'value').usage.fuel);
      expect(outcomeOf(shouted, 'value').value).toBe('HELLO ADA!');
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain('RangeError: on purpose\n    at fail (report.ts:4:9)\n');
      expect(missing).toMatchObject({ code: 1, stdout: '' });
      expect(missing.stderr).toContain(
        'ExportError: report.ts has no export named "shuot".\nIt exports shout, fail, default. Did you mean "shout"?\n',
      );
    },
  );

  test('--json says what was written', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('report.ts', source);
    const result = await workshop.cli(['compile', 'report.ts', '-o', 'out.wasm', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const document = result.json();
    expect(keysOf(document)).toEqual(compiledKeys);
    expect(document).toMatchObject({
      file: 'out.wasm',
      bytes: (await readFile(workshop.path('out.wasm'))).length,
      standalone: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/u),
      engine: expect.stringMatching(/^[0-9a-f]{64}$/u),
      exports: ['shout', 'fail', 'default'],
      imports: ['/mcp-tools/servers/tools/greet.ts'],
    });
  });

  test('the same program gives the same bytes, which do not tell where it lay', async ({
    workshop,
  }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.cli(['compile', workshop.path('program.ts'), '-o', 'one.wasm']);
    await workshop.cli(['compile', 'program.ts', '-o', 'two.wasm']);
    const one = await readFile(workshop.path('one.wasm'));
    expect(one).toEqual(await readFile(workshop.path('two.wasm')));
    expect(one.includes(workshop.folder)).toBe(false);
  });

  test.for([
    ['wrong syntax', 'const a = 1;\n  const b = (2;\n', 1],
    ['an unknown import', "import { x } from './servers/toools'; export default x", 1],
    ['a missing export', "import { gret } from './servers/tools'; export default gret", 1],
    ['a server that cannot be reached', "import './servers/absent'", 5],
    ['a server that is not allowed', "import './servers/other'", 4],
  ] as const)('tells of %s as execute does', async ([, text, code], { workshop }) => {
    await workshop.configure({
      tools: servers.tools,
      absent: servers.absent,
      other: servers.tools,
    });
    await workshop.write('bad.ts', text);
    const allow = ['--allow', 'tools', '--allow', 'absent'];
    const [compiled, executed] = await Promise.all([
      workshop.cli(['compile', 'bad.ts', ...allow]),
      workshop.cli(['execute', 'bad.ts', ...allow]),
    ]);
    expect(compiled).toMatchObject({ code, stdout: '' });
    expect(executed.code).toBe(code);
    expect(executed.stderr.startsWith(compiled.stderr.trimEnd())).toBe(true);
    expect(await readdir(workshop.folder)).not.toContain('bad.wasm');
  });

  test('tells of syntax that only the engine refuses', async ({ workshop }) => {
    await workshop.write('bad.ts', '\nexport default /(?<a>x)(?<a>y)/;');
    const result = await workshop.cli(['compile', 'bad.ts', '--json']);
    expect(result.code).toBe(1);
    expect(result.json()).toEqual({
      error: {
        code: 'SYNTAX',
        message: expect.stringMatching(/capture group.*\(bad\.ts:2:16\)$/u),
      },
    });
  });

  test('replaces a program, and nothing else without --force', async ({ workshop }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.write('notes.wasm', 'remember the milk');
    const cli = (...args: string[]) => workshop.cli(['compile', 'program.ts', ...args]);
    expect(await cli('-o', 'notes.wasm')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Error: notes\.wasm is there.*\n.*--force\.\n$/u),
    });
    expect(await cli('-o', 'program.ts')).toMatchObject({ code: 2 });
    expect(await workshop.read('program.ts')).toBe('export default 1');
    expect(await workshop.read('notes.wasm')).toBe('remember the milk');
    expect(await cli('-o', 'notes.wasm', '--force')).toMatchObject({ code: 0 });
    await workshop.write('program.ts', 'export default 2');
    expect(await cli('-o', 'notes.wasm')).toMatchObject({ code: 0 });
    expect((await workshop.cli(['execute', 'notes.wasm'])).stdout).toBe('2\n');
    expect(await namesIn(workshop.folder)).toEqual(['notes.wasm', 'program.ts']);
  });

  test.for([
    ['no file', ['nothing.ts'], 'There is no file nothing.ts.'],
    ['a folder', ['.'], '. is a folder'],
    ['a compiled program', ['done.wasm'], 'done.wasm is WebAssembly already.'],
    [
      'an output in no folder',
      ['program.ts', '-o', 'no/where.wasm'],
      'Cannot write no/where.wasm: its folder is not there',
    ],
    ['an output that is a folder', ['program.ts', '-o', '.', '--force'], 'Cannot write .: '],
  ] as const)('%s is wrong usage', async ([, args, why], { workshop }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.write('done.wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const result = await workshop.cli(['compile', ...args]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(`Error: ${why}`);
    expect(await namesIn(workshop.folder)).toEqual(['done.wasm', 'program.ts']);
  });
});

describe.concurrent('execute of WebAssembly', () => {
  test('goes by the content of the file, not by its name', async ({ workshop }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.cli(['compile', 'program.ts']);
    await rename(workshop.path('program.wasm'), workshop.path('compiled.ts'));
    await workshop.write('source.wasm', 'export default 2');
    const [compiled, text] = await Promise.all([
      workshop.cli(['execute', 'compiled.ts']),
      workshop.cli(['execute', 'source.wasm']),
    ]);
    expect([compiled.stdout, text.stdout]).toEqual(['1\n', '2\n']);
  });

  test('--entry picks an export of a source file too', async ({ workshop }) => {
    await workshop.write('program.ts', 'export const a = (x: object) => [x]; export default 1');
    const entry = (name: string) =>
      workshop.cli(['execute', 'program.ts', '--entry', name, '--args', '{"n":1}']);
    expect((await entry('a')).json()).toEqual([{ n: 1 }]);
    expect(await entry('b')).toMatchObject({ code: 1, stdout: '' });
  });

  test('shows nothing of a forged file that a terminal acts on', async ({ workshop }) => {
    await workshop.write(
      'program.ts',
      'const x = 1; export { x as "\\u001b[2J\\nWrote evil.wasm" }; export default () => { null.x }',
    );
    const compiled = await workshop.cli(['compile', 'program.ts']);
    expect(compiled.stdout.split('\n')).toHaveLength(2);
    const good = await readFile(workshop.path('program.wasm'), 'latin1');
    // Not the first brace: the digest before it may have one.
    const start = good.indexOf('{"version":');
    const json = good.slice(start).replaceAll('program.ts', '\\u001b[2Jx');
    const sum = createHash('sha256').update(json, 'latin1').digest('latin1');
    const forged = good.slice(0, start - 32) + sum + json;
    await workshop.write('forged.wasm', Buffer.from(forged, 'latin1'));
    // The harness looks for escapes in what they print.
    const [threw, missing] = await Promise.all([
      workshop.cli(['execute', 'forged.wasm']),
      workshop.cli(['execute', 'forged.wasm', '--entry', 'y', '--json']),
    ]);
    expect([threw.code, missing.code]).toEqual([1, 1]);
    expect(threw.stderr).toContain('TypeError: ');
    expect(outcomeOf(missing, 'error').error.code).toBe('NO_RESULT');
  });

  test('refuses what compile did not write, or what was changed since', async ({ workshop }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.cli(['compile', 'program.ts']);
    const good = await readFile(workshop.path('program.wasm'));
    const changed = Uint8Array.from(good);
    changed[good.length - 5] = (changed[good.length - 5] as number) ^ 1;
    await workshop.write('foreign.wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    await workshop.write('cut.wasm', good.subarray(0, -1));
    await workshop.write('changed.wasm', changed);
    const results = await Promise.all(
      ['foreign', 'cut', 'changed'].map((name) =>
        workshop.cli(['execute', `${name}.wasm`, '--json']),
      ),
    );
    for (const result of results) {
      expect(result.code).toBe(1);
      expect(outcomeOf(result, 'error')).toMatchObject({
        status: 'aborted',
        error: { code: 'PROGRAM_REFUSED' },
      });
    }
    const told = await workshop.cli(['execute', 'foreign.wasm']);
    expect(told.stderr).toBe(
      'Error: The program cannot be opened: this WebAssembly was not made by mcp-cli compile.\nCompile a program first.\n',
    );
  });
});

describe('the cache of programs', () => {
  test('is where the user has caches, or where the variable says, or nowhere', async ({
    workshop,
  }) => {
    await workshop.write('program.ts', 'export default 1');
    const kept = async (folder: string) => {
      const names = await readdir(workshop.path(folder), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith('.wasm')).length;
    };
    const run = (command: string[], env: Record<string, string> = {}) =>
      workshop.cli([...command, 'program.ts'], { env });
    await Promise.all([
      run(['execute', '--no-cache']),
      run(['compile', '--no-cache']),
      run(['execute'], { MCP_CLI_CACHE: '' }),
    ]);
    expect(await kept('.cache')).toBe(0);
    await Promise.all([
      run(['execute']),
      run(['compile'], { XDG_CACHE_HOME: workshop.path('caches') }),
      run(['execute'], { MCP_CLI_CACHE: workshop.path('mine') }),
    ]);
    expect(await kept('.cache/mcp-cli/programs')).toBe(1);
    expect(await kept('caches/mcp-cli/programs')).toBe(1);
    expect(await kept('mine')).toBe(1);
  });

  test('gives what compiling gives, and notices tools that changed', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const program = "import { greet } from './servers/tools'; export default greet({ name: 'A' });";
    const [first, second] = [await workshop.run(program), await workshop.run(program)];
    expect([first.stdout, second.stdout]).toEqual(['"Hello A!"\n', '"Hello A!"\n']);
    await workshop.configure({ tools: servers.everything });
    const third = await workshop.run(program);
    expect(third).toMatchObject({ code: 1, stdout: '' });
    expect(third.stderr).toContain('"./servers/tools" has no export named "greet"');
  });
});
