import { describe, expect } from 'vitest';
import { keysOf, outcomeOf, servers, test } from './harness.ts';

/** Calls a tool, and then another one with a wrong parameter. */
const wrong = `import { greet } from './servers/tools';
const first = await greet({ name: 'Ada' });
return [first, await greet({ nam: 'Bob' })];
`;
const error = `program.ts:3:30 error TS2561: Object literal may only specify known properties, but 'nam' does not exist in type '{ name: string; times?: number | undefined; }'. Did you mean to write 'name'?
  return [first, await greet({ nam: 'Bob' })];
                               ^^^
  greet(params: { name: string; `;

describe.concurrent('check', () => {
  test('says what is wrong, with the line and the signature of the tool', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('program.ts', wrong);
    const [plain, json] = await Promise.all([
      workshop.cli(['check', 'program.ts']),
      workshop.cli(['check', 'program.ts', '--json']),
    ]);
    expect(plain).toMatchObject({ code: 1, stderr: '' });
    expect(plain.stdout.startsWith(error)).toBe(true);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    const document = json.json();
    expect(keysOf(document)).toEqual(['diagnostics', 'ok', 'omitted']);
    expect(document).toMatchObject({ ok: false, omitted: 0 });
    expect(document.diagnostics).toEqual([
      {
        severity: 'error',
        code: 'TS2561',
        message: expect.stringContaining("Did you mean to write 'name'?"),
        line: 3,
        column: 30,
        length: 3,
        sourceLine: "return [first, await greet({ nam: 'Bob' })];",
        signature: expect.stringMatching(/^greet\(params: \{ name: string; /u),
      },
    ]);
  });

  test('a program without an error is exit code 0, with warnings too', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('clean.js', 'export default 1');
    await workshop.write('warned.ts', 'return args.n');
    const [clean, warned] = await Promise.all([
      workshop.cli(['check', 'clean.js']),
      workshop.cli(['check', 'warned.ts']),
    ]);
    expect(clean).toMatchObject({ code: 0, stdout: 'clean.js: no errors.\n', stderr: '' });
    expect(warned).toMatchObject({ code: 0, stderr: '' });
    expect(warned.stdout).toMatch(/^warned\.ts:1:8 warning TS18046: 'args' is of type 'unknown'/u);
  });

  test('a server that cannot be reached is a warning and exit code 5, unless there are errors', async ({
    workshop,
  }) => {
    await workshop.configure({ absent: servers.absent });
    const source = "import { x } from './servers/absent';\nexport default () => x();";
    await workshop.write('a.ts', source);
    await workshop.write('b.ts', `${source}\nfrob();`);
    const [alone, beside] = await Promise.all([
      workshop.cli(['check', 'a.ts', '--json']),
      workshop.cli(['check', 'b.ts', '--json']),
    ]);
    expect(alone.code).toBe(5);
    expect(alone.json()).toMatchObject({
      ok: true,
      diagnostics: [{ severity: 'warning', code: 'SERVER_UNAVAILABLE', line: 1, column: 19 }],
    });
    expect(beside.code).toBe(1);
    expect(beside.json().diagnostics).toMatchObject([
      { code: 'SERVER_UNAVAILABLE' },
      { severity: 'error', code: 'TS2304', line: 3 },
    ]);
  });

  test.for([
    ['a file that is not there', ['check', 'none.ts'], 'There is no file none.ts.'],
    ['a compiled program', ['check', 'a.wasm'], 'a.wasm is compiled, and has no types.'],
    ['no file', ['check'], 'Missing'],
  ] as const)('%s is wrong usage', async ([, args, says], { workshop }) => {
    await workshop.write('a.wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const result = await workshop.cli(args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(says);
  });

  test('what a program holds does not act on a terminal', async ({ workshop }) => {
    const acting = '\u001b]0;title\u0007\u009b2J\u202e';
    await workshop.write('a.ts', `const a: number = '${acting}';\nimport '${acting}';\nexport {};`);
    const results = await Promise.all([
      workshop.cli(['check', 'a.ts']),
      workshop.cli(['execute', 'a.ts', '--json']),
    ]);
    expect(results.map(({ code }) => code)).toEqual([1, 1]);
  });
});

describe.concurrent('execute checks first:', () => {
  test('a program with an error makes no call', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const [plain, json, unchecked] = await Promise.all([
      workshop.run(wrong),
      workshop.run(wrong, '--json'),
      workshop.run(wrong, '--no-check', '--json'),
    ]);
    expect(plain).toMatchObject({ code: 1, stdout: '' });
    expect(plain.stderr).toContain('Error: The program does not fit its types, and did not run:');
    expect(plain.stderr).toContain(error);
    expect(plain.stderr).not.toContain('done');
    expect(json.code).toBe(1);
    expect(json.stderr).toBe('');
    expect(json.json()).toMatchObject({
      status: 'aborted',
      error: {
        name: 'TypeCheckError',
        code: 'TYPE_ERROR',
        message: expect.stringContaining(error),
      },
      calls: [],
      usage: { toolCalls: 0, fuel: 0 },
      diagnostics: [{ code: 'TS2561', line: 3 }],
    });
    expect(outcomeOf(unchecked, 'error')).toMatchObject({
      status: 'threw',
      calls: [{ status: 'done' }, { status: 'failed' }],
    });
  });

  test('warnings go to stderr, and the program runs', async ({ workshop }) => {
    const source = 'return args.n + 1';
    const [plain, json] = await Promise.all([
      workshop.run(source, '--args', '{"n": 1}'),
      workshop.run(source, '--args', '{"n": 1}', '--json'),
    ]);
    expect(plain).toMatchObject({ code: 0, stdout: '2\n' });
    expect(plain.stderr).toContain("program.ts:1:8 warning TS18046: 'args' is of type 'unknown'.");
    expect(outcomeOf(json, 'value').value).toBe(2);
  });

  test('a server is started once, for the check and the run together', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const source = "import { greet } from './servers/tools';\nreturn await greet({ name: 'Ada' });";
    expect((await workshop.run(source)).code).toBe(0);
    expect((await workshop.read('tools.pid')).trim().split('\n')).toHaveLength(1);
  });

  test('a server that cannot be reached ends it as ever', async ({ workshop }) => {
    await workshop.configure({ exiting: servers.exiting });
    const source = "import { x } from './servers/exiting';\nreturn x;";
    const [checked, unchecked] = await Promise.all([
      workshop.run(source, '--json'),
      workshop.run(source, '--no-check', '--json'),
    ]);
    expect([checked.code, unchecked.code]).toEqual([5, 5]);
    const { error } = outcomeOf(checked, 'error');
    expect(error).toEqual(outcomeOf(unchecked, 'error').error);
  });
});
