import { execFile } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { expectAll, outcomeOf, servers, test, type Workshop } from './harness.ts';

const tsc = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
const kept = '.local/share/mcp-cli/observed';

/** `.mcp.json` with the shifting server, whose tools answer with `result`. */
async function shifting(workshop: Workshop, result: unknown, env = {}, policy = {}, more = {}) {
  const entry = { ...servers.shifting, ...more };
  const mcpServers = {
    github: { ...entry, env: { ...entry.env, RESULT: JSON.stringify(result), ...env } },
  };
  await workshop.write('.mcp.json', JSON.stringify({ mcpServers, policy }));
}

/** What `tsc --strict` says against a program beside the generated wrappers. */
async function typeErrors(workshop: Workshop, server: string, program: string): Promise<string> {
  expect((await workshop.cli(['generate', server, '--output', 'api'])).code).toBe(0);
  await workshop.write('api/program.ts', program);
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2024', lib: ['es2025'], types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler' },
  };
  await workshop.write('api/tsconfig.json', JSON.stringify({ compilerOptions }));
  const compiling = promisify(execFile)(process.execPath, [tsc, '-p', workshop.path('api')]);
  return compiling.then(
    () => '',
    ({ stdout }) => stdout,
  );
}

const get = "return await callTool('github', 'get_issue', {})";
const issue = { id: 1, assignee: { login: 'ada' } };
const usesIssue = `import { get_issue } from './servers/github';
const login: string = (await get_issue()).assignee.login;
export {};`;

// Each test starts up to ten processes, one after another.
describe.concurrent('observed types', { timeout: 300_000 }, () => {
  test('a run’s results type the wrapper, until the server changes the definition', async ({
    workshop,
  }) => {
    await shifting(workshop, issue);
    expect(await typeErrors(workshop, 'github', usesIssue)).toContain("is of type 'unknown'");
    for (let run = 0; run < 2; run++) expect((await workshop.run(get)).json()).toEqual(issue);
    expect(await typeErrors(workshop, 'github', usesIssue)).toBe('');
    expect(await workshop.read('api/servers/github/get_issue.ts')).toContain('observed (2)');
    const declared = await workshop.read('api/servers/github/get_declared.ts');
    expect(declared).not.toContain('observed');

    await shifting(workshop, issue, { DESCRIPTION: 'Gets another issue.' });
    expect(await typeErrors(workshop, 'github', usesIssue)).toContain("is of type 'unknown'");
    await shifting(workshop, issue);
    expect(await typeErrors(workshop, 'github', usesIssue)).toBe('');
  });

  test('what was learned of a server is not known of one of that name in another file', async ({
    workshop,
  }) => {
    await shifting(workshop, issue);
    await workshop.write('other.json', await workshop.read('.mcp.json'));
    await workshop.run(get);
    const own = await workshop.cli(['types', 'list', '--json']);
    expect(own.json().types).toMatchObject([{ server: 'github', tool: 'get_issue', results: 1 }]);
    const other = await workshop.cli(['types', 'list', '--config', 'other.json', '--json']);
    expect(other.json()).toEqual({ types: [] });
  });

  test('a result that contradicts its type is in the agent’s logs, without values', async ({
    workshop,
  }) => {
    await shifting(workshop, issue);
    await workshop.run(get);
    const moved = { id: 'canary-value-11', assignee: null };
    await shifting(workshop, moved);
    const twice = `await callTool('github', 'get_declared', {});${get.replace('return', '')};${get}`;
    const [json, plain] = [await workshop.run(twice, '--json'), await workshop.run(twice)];
    const words = 'result.assignee is null; the type says object';
    const declared = { level: 'warn', message: `github.get_declared: ${words} (declared).` };
    const { logs } = outcomeOf(json, 'value');
    expect(logs).toEqual([
      declared,
      {
        level: 'warn',
        message: `github.get_issue: ${words} (observed 1). result.id is string; the type says number (observed 1). The type has been widened.`,
      },
    ]);
    // By then the type says so; the declared one never will.
    expect(plain.stderr).toContain(`[warn] ${declared.message}\n`);
    expect(plain.stderr.match(/\[warn\]/g)).toHaveLength(1);
    await typeErrors(workshop, 'github', '');
    const wrapper = await workshop.read('api/servers/github/get_issue.ts');
    expectAll(wrapper, [
      'observed (5)',
      /assignee: \{.*\} \| null/s,
      /id: (?:number \| string|string \| number)/,
    ]);
    const [name = ''] = await readdir(workshop.path(kept));
    expect(await workshop.read(`${kept}/${name}`)).not.toContain('canary');
  });

  test('what programs import counts in steps, and so stays as it is from call to call', async ({
    workshop,
  }) => {
    await shifting(workshop, issue);
    const said = `${get.replace('return', 'void')};
return (await readFile('/mcp-tools/servers/github/get_issue.ts')).match(/observed .+?\\)/)?.[0];`;
    const counts: string[] = [];
    for (let run = 0; run < 3; run++)
      counts.push((await workshop.run(said, '--json')).json().value);
    expect(counts).toEqual([1, 2, 2].map((count) => `observed (${count})`));
    await workshop.cli(['generate', '--output', 'api']);
    expect(await workshop.read('api/servers/github/get_issue.ts')).toContain('observed (3)');
  });

  test('--no-learn and "learn": false keep nothing', async ({ workshop }) => {
    await shifting(workshop, issue);
    await workshop.run(get, '--no-learn');
    await shifting(workshop, issue, {}, { learn: false });
    await workshop.run(get);
    await shifting(workshop, issue, {}, { learn: ['*.find_*'] });
    await workshop.run(get);
    await expect(stat(workshop.path(kept))).rejects.toThrow('ENOENT');
    const wrong = await workshop.run(get, '--no-leran');
    expect(wrong.code).toBe(2);
  });

  test('"fieldNames" writes results, declared types and observed ones in camelCase', async ({
    workshop,
  }) => {
    const result = { created_at: 1, labels: [{ is_open: true }], map: { 'a_b.ts': 1, c_d: 2 } };
    await shifting(workshop, result, {}, {}, { fieldNames: 'camelCase' });
    const both = `await callTool('github', 'get_declared', {}); ${get}`;
    const { value, logs } = outcomeOf(await workshop.run(both, '--json'), 'value');
    expect(value).toEqual({
      createdAt: 1,
      labels: [{ isOpen: true }],
      map: { 'a_b.ts': 1, c_d: 2 },
    });
    expect(logs).toEqual([
      {
        level: 'warn',
        message:
          'github.get_declared: result.createdAt is number; the type says string (declared).',
      },
    ]);
    const program = `import { get_issue, get_declared } from './servers/github';
const issue = await get_issue();
const numbers: number[] = [issue.createdAt, ...Object.values(issue.map)];
const open: boolean[] = issue.labels.map(({ isOpen }) => isOpen);
const date: string | undefined = (await get_declared()).createdAt;
export {};`;
    expect(await typeErrors(workshop, 'github', program)).toBe('');
    await shifting(workshop, result, {}, {}, { fieldNames: 'snake_case' });
    const wrong = await workshop.run(get);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('expected "camelCase" for "fieldNames"');
  });

  test('a file that is not what was written is told, and replaced', async ({ workshop }) => {
    await shifting(workshop, issue);
    await workshop.run(get);
    const [name = ''] = await readdir(workshop.path(kept));
    await writeFile(
      workshop.path(`${kept}/${name}`),
      '{"version":1,"tools":[{"tool":"\u001b[2J"}]}',
    );
    const result = await workshop.run(get);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toMatch(/^Warning: The observed types of "github" are not/mu);
    const list = await workshop.cli(['types', 'list']);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(/^github\.get_issue {2}observed \(1\) {2}\d{4}-\d\d-\d\d\n$/u);
  });

  test('a folder that cannot be written stops no run', async ({ workshop }) => {
    await shifting(workshop, issue);
    await workshop.write('.local/share/mcp-cli', 'a file');
    const result = await workshop.run(get);
    expect(result).toMatchObject({ code: 0 });
    expect(result.json()).toEqual(issue);
    expect(result.stderr).toMatch(/^Warning: The observed types of "github" cannot be kept: E/mu);
  });

  test('types forget makes a type unknown again', async ({ workshop }) => {
    await shifting(workshop, issue);
    await workshop.run(`await callTool('github', 'find_issue', { id: 1 }); ${get}`);
    const some = await workshop.cli(['types', 'list', '*.find_*', '--json']);
    expect(some.json().types).toMatchObject([{ tool: 'find_issue', results: 1 }]);
    const forgot = await workshop.cli(['types', 'forget', 'github.get_issue']);
    expect(forgot).toMatchObject({ code: 0, stdout: 'Forgot 1 type\n' });
    expect((await workshop.cli(['types', 'list'])).stdout).toMatch(/^github\.find_issue .*\n$/u);
    expect(await typeErrors(workshop, 'github', usesIssue)).toContain("is of type 'unknown'");
    const wrong = await workshop.cli(['types', 'forget', 'gitub']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('Did you mean "github"?');
  });

  test('real servers: what they declare stands, the rest is learned, and programs type-check', async ({
    workshop,
  }) => {
    const { everything, memory, thinking } = servers;
    const env = { MEMORY_FILE_PATH: workshop.path('memory.json') };
    await workshop.configure({ everything, thinking, memory: { ...memory, env } });
    const result = await workshop.run(`
      import { get_tiny_image, get_env, get_sum } from './servers/everything';
      import { read_graph } from './servers/memory';
      import { sequentialthinking } from './servers/thinking';
      await get_env();
      const image = await get_tiny_image();
      await sequentialthinking({ thought: 'x', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 });
      export default [await get_sum({ a: 1, b: 2 }), image.length, Object.keys(await read_graph())];
    `);
    expect(result.json()).toEqual(['The sum of 1 and 2 is 3.', 3, ['entities', 'relations']]);
    const errors = await typeErrors(
      workshop,
      'everything',
      `import { get_tiny_image, get_env, get_sum } from './servers/everything';
const types: string[] = (await get_tiny_image()).map((block) => block.type);
const home: string = (await get_env()).HOME;
const sum: string = await get_sum({ a: 1, b: 2 });
export {};`,
    );
    expect(errors).toBe('');
    const list = await workshop.cli(['types', 'list']);
    expect(list.stdout.replaceAll(/ {2}\d.*/g, '').split('\n')).toEqual([
      ...['everything.get-env', 'everything.get-sum', 'everything.get-tiny-image'].map(
        (name) => `${name}  observed (1)`,
      ),
      '',
    ]);
  });
});
