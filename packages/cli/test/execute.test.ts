import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { canary, outcomeOf, servers, test } from './harness.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/first-light');

describe.concurrent('execute', () => {
  test('the example program calls two real servers and prints only its result', async ({
    workshop,
  }) => {
    await cp(path.join(example, 'orders'), workshop.path('orders'), { recursive: true });
    await cp(path.join(example, 'agent.ts'), workshop.path('agent.ts'));
    const files = { ...servers.files, args: [servers.files.args[0] as string, 'orders'] };
    await workshop.configure({ files, everything: servers.everything });
    const result = await workshop.cli(['execute', 'agent.ts', '--args', '{"above":900}']);
    expect(result.code).toBe(0);
    const value = result.json();
    expect(value.largest).toHaveLength(3);
    expect(value.largest.every(({ amount }: { amount: number }) => amount > 900)).toBe(true);
    expect(value.checked).toContain('The sum of');
    expect(result.stderr).toContain('[info] 660 orders in 6 files, 58 refunds\n');
    expect(result.stderr).toMatch(/ {2}done {4}files\.list_directory [\d.]+ ms, 132 B\n/u);
    expect(result.stderr).toMatch(
      /\nreturned: fuel [\d,]+, memory [\d.]+ MiB, [\d.]+ ms, 9 calls/u,
    );
  });

  test('takes the program from --eval and from the standard input, one of them', async ({
    workshop,
  }) => {
    const bin = path.resolve(import.meta.dirname, '../bin/mcp-cli.js');
    const piped = execFile(process.execPath, [bin, 'execute', '-', '--no-record'], {
      cwd: workshop.folder,
    });
    let told = '';
    piped.stdout?.on('data', (text) => {
      told += text;
    });
    piped.stdin?.end('return [1, 2].map((n) => n * 2)');
    const [[code], line, both, none] = await Promise.all([
      once(piped, 'close'),
      workshop.cli(['execute', '--eval', 'return 6 * 7']),
      workshop.cli(['execute', 'program.ts', '--eval', 'return 1']),
      workshop.cli(['execute']),
    ]);
    expect([code, JSON.parse(told)]).toEqual([0, [2, 4]]);
    expect([line.code, line.stdout]).toEqual([0, '42\n']);
    expect([both.code, none.code]).toEqual([2, 2]);
    expect(both.stderr).toContain('--eval does not go with a program');
  });

  test('--json is the outcome of the design and nothing else, calls and logs included', async ({
    workshop,
  }) => {
    await workshop.configure({ everything: servers.everything, files: servers.files });
    await workshop.write('notes.txt', 'remember the milk');
    const result = await workshop.run(
      `import { echo } from './servers/everything';
       import { read_text_file } from './servers/files';
       export default async () => {
         log('warn', 'two calls', { n: 2 });
         const [echoed, { content }] = await Promise.all([
           echo({ message: 'hi' }),
           read_text_file({ path: 'notes.txt' }),
         ]);
         console.log('done');
         return { echoed, content };
       };`,
      '--json',
    );
    expect(result.code).toBe(0);
    const outcome = outcomeOf(result, 'value');
    expect(outcome).toMatchObject({
      status: 'returned',
      value: { echoed: 'Echo: hi', content: 'remember the milk' },
      logs: [
        { level: 'warn', message: 'two calls', fields: { n: 2 } },
        { level: 'info', message: 'done' },
      ],
      calls: [
        { server: 'everything', tool: 'echo', status: 'done', bytes: 10, cached: false },
        { server: 'files', tool: 'read_text_file', status: 'done', cached: false },
      ],
      usage: { toolCalls: 2, cacheHits: 0 },
    });
    expect(outcome.usage.fuel).toBeGreaterThan(0);
    expect(outcome.usage.memoryBytes).toBeGreaterThan(0);
    expect(outcome.usage.bytesFromTools).toBe(10 + outcome.calls[1].bytes);
    expect(outcome.usage.bytesReturned).toBe(JSON.stringify(outcome.value).length);
    expect(result.stdout.endsWith('}\n')).toBe(true);
  });

  test('tools can be imported by their own names', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const result = await workshop.run(
      `import { 'get-sum' as sum, get_sum } from './servers/everything';
       import * as everything from './servers/everything';
       export default [await sum({ a: 1, b: 2 }), await everything['get-sum']({ a: 1, b: 3 }), sum === get_sum];`,
    );
    expect(result.code).toBe(0);
    expect(result.json()).toEqual(['The sum of 1 and 2 is 3.', 'The sum of 1 and 3 is 4.', true]);
  });

  test('needs no configuration', async ({ workshop }) => {
    const result = await workshop.run('export default 6 * 7');
    expect(result).toMatchObject({ code: 0, stdout: '42\n' });
    expect(result.stderr).toMatch(/^returned: .*, 0 calls, 0 B from tools, 2 B returned\n$/u);
  });

  test('passes --args to a function, from the command line and from a file', async ({
    workshop,
  }) => {
    await workshop.write('program.ts', 'export default (a: { n: number }) => a');
    const large = { n: 2, text: 'ü'.repeat(500_000) };
    await workshop.write('args.json', `\uFEFF${JSON.stringify(large)}\r\n`);
    const cli = (...args: string[]) => workshop.cli(['execute', 'program.ts', ...args]);
    const results = await Promise.all([
      cli(),
      cli('--args', '@args.json'),
      cli('--args=[1,null,"\u2028"]'),
    ]);
    expect(results.map((result) => result.json())).toEqual([{}, large, [1, null, '\u2028']]);
  });

  test('runs a snippet with a top-level return, and a JavaScript file', async ({ workshop }) => {
    await workshop.write(
      'snippet.ts',
      'const a: number = args.a;\nreturn await Promise.resolve(a);',
    );
    await workshop.write('module.js', 'export default async function main({ a }) { return [a]; }');
    const run = (file: string) => workshop.cli(['execute', file, '--args', '{"a":5}']);
    const [snippet, module] = await Promise.all([run('snippet.ts'), run('module.js')]);
    expect(snippet.json()).toBe(5);
    expect(module.json()).toEqual([5]);
  });

  test('--config names the configuration, relative to the working folder', async ({ workshop }) => {
    await workshop.configure({ wrong: servers.absent });
    await workshop.configure({ tools: servers.tools }, 'sub/servers.json');
    await workshop.write('program.ts', "return callTool('tools', 'greet', { name: 'Ada' });");
    const [long, short] = await Promise.all([
      workshop.cli(['execute', 'program.ts', '--config', 'sub/servers.json']),
      workshop.cli(['execute', '../program.ts', '-c', 'servers.json'], { cwd: 'sub' }),
    ]);
    expect(long.json()).toBe('Hello Ada!');
    expect(short.json()).toBe('Hello Ada!');
  });

  test('a configuration may have comments, trailing commas, a byte order mark and CRLF', async ({
    workshop,
  }) => {
    const entry = JSON.stringify(servers.tools);
    await workshop.write(
      '.mcp.json',
      `\uFEFF{\r\n  // mine\r\n  "mcpServers": { "tools": ${entry}, },\r\n}\r\n`,
    );
    const result = await workshop.run("return callTool('tools', 'greet', { name: 'Ada' });");
    expect(result.json()).toBe('Hello Ada!');
  });

  test('content that is not one text arrives as it came, images too', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const result = await workshop.run(
      `import { get_tiny_image } from './servers/everything';
       export default await get_tiny_image();`,
    );
    const content = result.json();
    const image = content.find(({ type }: { type: string }) => type === 'image');
    expect(content.length).toBeGreaterThan(1);
    expect(image.mimeType).toBe('image/png');
    expect(Buffer.from(image.data, 'base64').subarray(1, 4).toString()).toBe('PNG');
  });

  test('calls a server over Streamable HTTP with the headers of its entry', async ({
    workshop,
  }) => {
    const child = fork(servers.tools.args[0] as string, ['--http'], {
      env: { ...process.env, HTTP_TOKEN: canary.header },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    try {
      const web = (token: string) => ({
        type: 'http',
        url: `http://127.0.0.1:${port}/mcp`,
        headers: { Authorization: token },
      });
      await workshop.configure({ web: web(`Bearer ${canary.header}`) });
      await workshop.configure({ web: web(`Bearer ${canary.config}`) }, 'wrong.json');
      await workshop.write(
        'program.ts',
        `import { greet } from './servers/web';
         export default await greet({ name: 'Ada', times: 2 });`,
      );
      const [right, wrong] = await Promise.all([
        workshop.cli(['execute', 'program.ts']),
        workshop.cli(['execute', 'program.ts', '--config', 'wrong.json']),
      ]);
      expect(right.json()).toBe('Hello Ada! Hello Ada!');
      expect(wrong.code).toBe(5);
      expect(wrong.stderr).toContain('"web"');
      expect(wrong.stderr).toContain('401');
      expect(wrong.stderr).toContain('"headers"');
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('the same --seed gives the same random numbers and the same fuel, none others', async ({
    workshop,
  }) => {
    await workshop.write(
      'program.ts',
      'return [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]]',
    );
    const run = (...seed: string[]) =>
      workshop.cli(['execute', 'program.ts', '--json', ...seed]).then((result) => result.json());
    const [one, same, other, none] = await Promise.all([
      run('--seed', 'a'),
      run('--seed', 'a'),
      run('--seed', 'b'),
      run(),
    ]);
    expect(one.value).toEqual(same.value);
    expect(one.usage.fuel).toBe(same.usage.fuel);
    expect(new Set([one.value[0], other.value[0], none.value[0]]).size).toBe(3);
    expect(one.runId).not.toBe(same.runId);
  });

  test('--allow lets the program use the named servers only', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, other: servers.tools, mute: servers.mute });
    await workshop.write('call.ts', "return callTool(args.server, 'greet', { name: 'Ada' });");
    await workshop.write('import.ts', "import { greet } from './servers/other'; return greet.name");
    const call = (server: string, ...allow: string[]) =>
      workshop.cli([
        ...['execute', '--args', JSON.stringify({ server })],
        ...allow.flatMap((name) => ['--allow', name]),
        'call.ts',
      ]);
    const [allowed, both, refused, imported] = await Promise.all([
      call('tools', 'tools'),
      call('other', 'tools', 'other'),
      call('other', 'tools'),
      workshop.cli(['execute', 'import.ts', '--allow', 'tools', '--json']),
    ]);
    expect(allowed.json()).toBe('Hello Ada!');
    expect(both.json()).toBe('Hello Ada!');
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toContain('"other" is not on the list');
    expect(refused.stderr).toContain('Usable servers: tools.');
    expect(refused.stderr).toContain('refused other.greet');
    expect(imported.code).toBe(4);
    expect(outcomeOf(imported, 'error').error.code).toBe('NOT_ALLOWED');
  });

  test('a disabled server is refused', async ({ workshop }) => {
    await workshop.configure({ tools: { ...servers.tools, disabled: true } });
    const result = await workshop.run("await callTool('tools', 'greet', {})");
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('"tools" is disabled in the server configuration');
  });

  test('the limits of a profile hold, and single flags go over them', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('calls.ts', "for (;;) await callTool('tools', 'greet', { name: 'x' });");
    await workshop.write('logs.ts', "for (;;) console.log('x'.repeat(1000));");
    const [calls, logs] = await Promise.all([
      workshop.cli(['execute', 'calls.ts', '--profile', 'strict', '--json']),
      workshop.cli(['execute', 'logs.ts', '--profile', 'strict', '--fuel', '1M', '--json']),
    ]);
    expect(calls.code).toBe(3);
    const { limit, calls: made, usage } = outcomeOf(calls, 'limit');
    expect(limit).toEqual({ kind: 'toolCalls', allowed: 100 });
    expect([made.length, usage.toolCalls]).toEqual([100, 100]);
    expect(logs.code).toBe(3);
    const flooded = outcomeOf(logs, 'limit');
    expect(flooded.limit.kind).toMatch(/^(?:logs|fuel)$/u);
  });

  test('a large result reaches stdout whole, in both modes', async ({ workshop }) => {
    await workshop.write('text.ts', "return 'ü'.repeat(2_000_000)");
    const [plain, document] = await Promise.all([
      workshop.cli(['execute', 'text.ts']),
      workshop.cli(['execute', 'text.ts', '--json']),
    ]);
    expect(plain.json()).toHaveLength(2_000_000);
    expect(document.json().value).toHaveLength(2_000_000);
  });

  test('a program writes and reads files, keeps state and finds tools', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, absent: servers.absent });
    const result = await workshop.run(`
      await writeFile('/workspace/a.txt', 'kept');
      await setState('k', { n: 1 });
      const { hits: [hit], imports, note } = await searchTools('greet somebody', { limit: 1 });
      const answer = await callTool(hit.server, hit.tool, { name: await readFile('a.txt') });
      return [answer, await getState('k'), await listFiles('/workspace'), imports, hit.text, note];`);
    expect(result.json()).toEqual([
      'Hello kept!',
      { n: 1 },
      ['a.txt'],
      ["import { greet } from './servers/tools';"],
      '// Greets somebody\ngreet(params: { name: string; times?: number }): Promise<unknown>',
      expect.stringMatching(/Without server "absent": SERVER_UNAVAILABLE: /u),
    ]);
  });
});

describe.concurrent('execute reads a program', () => {
  test.for<[name: string, text: string | Uint8Array, value: unknown]>([
    ['bom.ts', '\uFEFFreturn 1', 1],
    ['crlf.ts', 'const a: number = 1;\r\nconst b = `x\r\ny`;\r\nreturn b.length + a;\r\n', 4],
    ['shebang.js', '#!/usr/bin/env node\r\nexport default 3', 3],
    ['shebang.ts', '#!/usr/bin/env -S mcp-cli execute\nreturn 3', 3],
    ['module.mts', 'export default (): number => 4', 4],
    ['ü b ☃.ts', 'return 6', 6],
    ["we'ir$d`{}%s\\.ts", 'return 7', 7],
    ['index.ts', 'return 8', 8],
    ['servers', 'return 9', 9],
    ['globals.d.ts', 'export default 10 as number', 10],
    ['-dash.ts', 'return 11', 11],
    ['--json', 'return 12', 12],
    ['empty.ts', '', null],
  ])('%s', async ([name, text, value], { workshop }) => {
    await workshop.write(name, text);
    const result = await workshop.cli(['execute', '--', name]);
    expect(result.stderr).toMatch(/^returned: /u);
    expect(result.code).toBe(0);
    expect(result.json()).toEqual(value);
  });

  test('an error names the file as the user wrote it, with line and column', async ({
    workshop,
  }) => {
    await workshop.write('sub/ü.ts', '\uFEFFconst x: string = "a";\nthrow new RangeError(x);');
    await mkdir(workshop.path('elsewhere'));
    const absolute = workshop.path('sub/ü.ts');
    const [relative, full] = await Promise.all([
      workshop.cli(['execute', '../sub/ü.ts'], { cwd: 'elsewhere' }),
      workshop.cli(['execute', absolute, '--json']),
    ]);
    expect(relative.code).toBe(1);
    expect(relative.stderr).toMatch(/^RangeError: a\n {4}at \.\.\/sub\/ü\.ts:2:7\n/u);
    expect(outcomeOf(full, 'error').error.stack).toContain(`at ${absolute}:2:7`);
  });

  test('the environment may be as good as empty, and the folder read-only', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('program.ts', "return callTool('tools', 'greet', { name: 'Ada' })");
    const run = (env: Record<string, string | undefined>) =>
      workshop.cli(['execute', 'program.ts'], { env });
    const results = await Promise.all([
      run({
        ...{ HOME: undefined, PATH: undefined, SECRET_OF_THE_USER: undefined },
        MCP_CLI_RUNS: workshop.path('runs.db'),
      }),
      run({ HOME: '', TMPDIR: '/nowhere', XDG_CACHE_HOME: '/nowhere', LANG: 'C' }),
    ]);
    for (const result of results) {
      expect(result.json()).toBe('Hello Ada!');
      expect(result.stderr).toMatch(/^ {2}done .*\nreturned: .*\n$/u);
    }
  });

  test('--verbose shows what servers log, which is in neither stdout nor the outcome', async ({
    workshop,
  }) => {
    await workshop.configure({ everything: servers.everything });
    await workshop.write(
      'program.ts',
      `import { toggle_simulated_logging, trigger_long_running_operation } from './servers/everything';
       await toggle_simulated_logging({});
       await trigger_long_running_operation({ duration: 0.1, steps: 2 });
       export default 'done';`,
    );
    const [verbose, quiet, json] = await Promise.all([
      workshop.cli(['execute', 'program.ts', '--verbose']),
      workshop.cli(['execute', 'program.ts']),
      workshop.cli(['execute', 'program.ts', '--verbose', '--json']),
    ]);
    expect(verbose).toMatchObject({ code: 0, stdout: '"done"\n' });
    expect(verbose.stderr).toMatch(
      /^everything \[(?:debug|info|warn|error)\] \w+.level.message$/im,
    );
    expect(verbose.stderr).not.toMatch(/of 2/);
    expect(quiet.stderr).not.toContain('everything [');
    expect(outcomeOf(json, 'value').logs).toEqual([]);
  });
});
