import { describe, expect } from 'vitest';
import { expectAll, faulty, outcomeOf, test } from './harness.ts';

interface Failure {
  readonly files?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly exit: number;
  /** Of the error, as --json tells it; left out where a program threw an error of its own. */
  readonly code?: string;
  /** Must stand in the message, in both modes. */
  readonly says: readonly (string | RegExp)[];
}

const program = (source: string, ...args: string[]) => ({
  files: { 'program.ts': source },
  args: ['execute', 'program.ts', ...args],
});

const programs: readonly [string, Failure][] = [
  [
    'no such file',
    {
      args: ['execute', 'absent/program.ts'],
      exit: 2,
      code: 'FILE_NOT_FOUND',
      says: ['There is no file absent/program.ts.', 'mcp-cli execute program.ts'],
    },
  ],
  [
    'a folder as the program',
    { args: ['execute', '.'], exit: 2, code: 'NOT_A_FILE', says: ['. is a folder'] },
  ],
  [
    'a program without an end',
    { args: ['execute', '/dev/zero'], exit: 2, code: 'USAGE', says: ['/dev/zero is over 64 MiB'] },
  ],
  [
    'a syntax error',
    {
      ...program('const a = 1;\nconst b = ;\n'),
      exit: 1,
      code: 'SYNTAX',
      says: ['SyntaxError: Unexpected token (program.ts:2:11)\n  const b = ;\n            ^'],
    },
  ],
  [
    'an unknown module',
    {
      ...program("\nimport x from 'lodash'; return x"),
      exit: 1,
      code: 'UNKNOWN_IMPORT',
      says: ['Cannot import "lodash" (program.ts:2:15)', './servers/tools', '/workspace'],
    },
  ],
  [
    'a server that is not configured, imported',
    {
      ...program("import { greet } from './servers/tolls'; return greet"),
      exit: 1,
      code: 'UNKNOWN_IMPORT',
      says: ['(program.ts:1:23)', 'Did you mean "./servers/tools"?'],
    },
  ],
  [
    'an unknown export',
    {
      ...program("import { gret } from './servers/tools'; return gret"),
      exit: 1,
      code: 'UNKNOWN_IMPORT',
      says: ['no export named "gret" (program.ts:1:10)', 'greet', 'Did you mean "greet"?'],
    },
  ],
  [
    'a server that is not configured, called',
    {
      ...program("await callTool('tolls', 'greet', {})"),
      exit: 1,
      code: 'UNKNOWN_SERVER',
      says: ['no server "tolls"', 'Did you mean "tools"?', 'at program.ts:1:7'],
    },
  ],
  [
    'an unknown tool',
    {
      ...program("await callTool('tools', 'gret', {})"),
      exit: 1,
      code: 'UNKNOWN_TOOL',
      says: ['"tools" has no tool "gret"', 'Did you mean "greet"?', 'at program.ts:1:7'],
    },
  ],
  [
    'parameters that do not fit the schema',
    {
      ...program(
        "import { greet } from './servers/tools';\nreturn greet({ nam: 'x', times: 0 })",
        '--no-check',
      ),
      exit: 1,
      code: 'INVALID_PARAMS',
      says: [
        'do not fit "greet"',
        'name: missing',
        'times: expected 1 or more, got 0',
        'Did you mean "name"',
      ],
    },
  ],
  [
    'a tool that fails',
    {
      ...program("await callTool('tools', 'fail', {})"),
      exit: 1,
      code: 'TOOL_FAILED',
      says: ['no luck with [redacted]: red', 'at program.ts:1:7'],
    },
  ],
  [
    'a server whose command does not exist, called',
    {
      ...program("await callTool('absent', 'x', {})"),
      exit: 5,
      code: 'SERVER_UNAVAILABLE',
      says: ['"absent"', '"no-such-command-of-mcp-cli" was not found', 'Install it'],
    },
  ],
  [
    'a server that exits at once',
    {
      ...program("await callTool('exiting', 'x', {})"),
      exit: 5,
      code: 'SERVER_UNAVAILABLE',
      says: [
        '"exiting"',
        'exited with code 7',
        'reading the licence\n  fatal: no licence for [redacted]',
      ],
    },
  ],
  [
    'an unset variable of the server that is used',
    {
      ...program("import { greet } from './servers/unset'; return greet"),
      exit: 2,
      code: 'VARIABLE_UNSET',
      says: ['"unset"', 'MCP_CLI_NOT_SET', `\${MCP_CLI_NOT_SET:-default}`, '.mcp.json'],
    },
  ],
  [
    'a promise that nothing can settle',
    {
      ...program('await new Promise(() => {})'),
      exit: 1,
      code: 'DEADLOCK',
      says: ['DeadlockError', 'nothing can settle'],
    },
  ],
  [
    'a result with a function',
    {
      ...program('return { list: [{ f() {} }] }'),
      exit: 1,
      code: 'RESULT_NOT_JSON',
      says: ['$.list[0].f', 'leave it out'],
    },
  ],
  [
    'a result with a cycle',
    {
      ...program('const a = {}; a.a = a; return a'),
      exit: 1,
      code: 'RESULT_NOT_JSON',
      says: ['cycle', 'copy'],
    },
  ],
  [
    '--allow with a server that is not configured',
    {
      ...program('return 1', '--allow', 'tolls'),
      exit: 2,
      code: 'UNKNOWN_SERVER',
      says: ['no server "tolls"', 'Did you mean "tools"?'],
    },
  ],
];

describe.concurrent('execute fails with what to do next:', () => {
  test.for(programs)('%s', async ([, { files = {}, args, exit, code, says }], { workshop }) => {
    await workshop.configure(faulty);
    for (const [name, text] of Object.entries(files)) await workshop.write(name, text);
    const [plain, document] = await Promise.all([
      workshop.cli(args),
      workshop.cli([...args, '--json']),
    ]);
    expect(plain).toMatchObject({ code: exit, stdout: '' });
    expectAll(plain.stderr, says);
    expect(document.code).toBe(exit);
    const { status, error } = outcomeOf(document, 'error');
    expectAll(error.stack, says);
    expect(error.stack).toContain(error.message);
    expect(error.code).toBe(code);
    expect(['threw', 'aborted']).toContain(status);
  });
});

interface LimitReached {
  readonly source: string;
  readonly args?: readonly string[];
  readonly allowed: number;
  /** As stderr says it: the amount, and what to do. */
  readonly says: readonly [amount: string, remedy: string];
}

const limits: readonly [kind: string, LimitReached][] = [
  [
    'fuel',
    {
      source: 'for (;;);',
      args: ['--fuel', '5M'],
      allowed: 5_000_000,
      says: ['5,000,000', '--fuel'],
    },
  ],
  [
    'wall',
    {
      source: 'await sleep(1e9)',
      args: ['--wall', '300ms'],
      allowed: 300,
      says: ['300 ms', '--wall'],
    },
  ],
  [
    'memory',
    {
      source: 'const all = []; for (;;) all.push(new Uint8Array(1e6))',
      args: ['--memory', '64MiB'],
      allowed: 64 * 2 ** 20,
      says: ['64.0 MiB', '--memory'],
    },
  ],
  [
    'output',
    { source: "return 'x'.repeat(5 * 2 ** 20)", allowed: 4 * 2 ** 20, says: ['4.0 MiB', 'filter'] },
  ],
  [
    'logs',
    {
      source: "for (;;) console.log('x'.repeat(10_000))",
      allowed: 2 ** 20,
      says: ['1.0 MiB', 'Log less'],
    },
  ],
  [
    'depth',
    {
      source: 'let a = []; for (let n = 0; n < 300; n++) a = [a]; return a',
      allowed: 256,
      says: ['256', 'flatter'],
    },
  ],
];

describe.concurrent('execute ends with exit code 3 at the limit', () => {
  test.for(limits)('%s', async ([kind, { source, args = [], allowed, says }], { workshop }) => {
    const [plain, document] = await Promise.all([
      workshop.run(source, ...args),
      workshop.run(source, ...args, '--json'),
    ]);
    expect(plain).toMatchObject({ code: 3, stdout: '' });
    const [amount, remedy] = says;
    expect(plain.stderr).toContain(`Stopped: the limit ${kind} (${amount}) was reached.\n`);
    expect(plain.stderr).toContain(remedy);
    expect(document.code).toBe(3);
    const outcome = outcomeOf(document, 'limit');
    expect(outcome).toMatchObject({ status: 'limit', limit: { kind, allowed } });
    if (kind === 'logs') expect(outcome.logs.length).toBeGreaterThan(0);
  });

  test('wall, in a loop that gives nothing back', async ({ workshop }) => {
    const result = await workshop.run('for (;;);', '--wall', '0.3s', '--json');
    expect(result.code).toBe(3);
    expect(outcomeOf(result, 'limit').limit).toEqual({ kind: 'wall', allowed: 300 });
  });

  test('and a program cannot catch it, nor say that it was one', async ({ workshop }) => {
    await workshop.write('catch.ts', 'for (;;) try { for (;;); } catch {} finally { continue; }');
    await workshop.write(
      'forge.ts',
      `const error = new Error('out of memory'); error.code = 'NOT_ALLOWED'; error.name = 'Limit';
       throw error;`,
    );
    const [caught, forged] = await Promise.all([
      workshop.cli(['execute', 'catch.ts', '--fuel', '1M', '--json']),
      workshop.cli(['execute', 'forge.ts', '--json']),
    ]);
    expect(outcomeOf(caught, 'limit').limit.kind).toBe('fuel');
    expect(forged.json()).toMatchObject({ status: 'threw', error: { message: 'out of memory' } });
  });
});

test('a server that dies in the middle of a call leaves it unknown', async ({ workshop }) => {
  await workshop.configure(faulty);
  await workshop.write('program.ts', "await callTool('tools', 'die', {})");
  await workshop.write(
    'retry.ts',
    `const error = await callTool('tools', 'die', {}).catch((reason) => reason);
     return [error.code, error.retryable, await callTool('tools', 'greet', { name: 'Ada' })]`,
  );
  const [plain, document, again] = await Promise.all([
    workshop.cli(['execute', 'program.ts']),
    workshop.cli(['execute', 'program.ts', '--json']),
    workshop.cli(['execute', 'retry.ts']),
  ]);
  expect(plain).toMatchObject({ code: 1, stdout: '' });
  expect(plain.stderr).toContain('sent and never answered');
  expect(plain.stderr).toContain('not known');
  expect(plain.stderr).toContain('exited with code 9');
  expect(plain.stderr).toContain('about to die\n  out of paper [redacted]');
  expect(plain.stderr).toContain('\n  unknown tools.die ');
  const outcome = outcomeOf(document, 'error');
  expect(outcome).toMatchObject({
    status: 'threw',
    error: { code: 'CALL_UNKNOWN' },
    calls: [{ server: 'tools', tool: 'die', status: 'unknown', bytes: 0 }],
  });
  expect(again.json()).toEqual(['CALL_UNKNOWN', false, 'Hello Ada!']);
});

test('a variable that is not set hurts only the server that needs it', async ({ workshop }) => {
  await workshop.configure(faulty);
  const result = await workshop.run("return callTool('tools', 'greet', { name: 'Ada' })");
  expect(result.json()).toBe('Hello Ada!');
});
