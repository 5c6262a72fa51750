import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { servers, test } from '../harness.ts';
import { type Answer, type Connected, command, ledger, overStdio } from './serving.ts';

type Wanted = Record<string, unknown>;

/** What a client that is strict about it finds wrong with the whole answers of all tools. */
async function strictOn({ client }: Connected) {
  const { tools } = await client.listTools();
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const fits = new Map<string, ValidateFunction>();
  for (const { name, outputSchema } of tools) fits.set(name, ajv.compile(outputSchema as object));
  const ofRuns = fits.get('execute_code') as ValidateFunction;
  return async (name: string, args: object, wanted: Wanted): Promise<Answer> => {
    const result = await client.callTool({ name, arguments: { ...args } });
    const answer = result.structuredContent as Answer;
    const own = fits.get(name) as ValidateFunction;
    const schemas = /run/u.test(name) ? [own, ofRuns] : [own];
    for (const schema of schemas) {
      expect(schema(answer) || schema.errors, JSON.stringify(answer)).toBe(true);
    }
    expect(answer).toMatchObject(wanted);
    const isFailure = !['returned', 'suspended', undefined].includes(answer.status);
    expect(result.isError ?? false).toBe(isFailure);
    expect(JSON.stringify(result)).not.toContain('/mcp-cli-');
    return answer;
  };
}

const threeAdds = `import { add } from './servers/ledger';
  for (const entry of ['a', 'b', 'c']) await add({ entry });`;

/** Every way in which a tool can answer. */
async function callAll(connected: Connected, approve: (runId: string) => Promise<unknown>) {
  const ask = await strictOn(connected);
  const execute = (code: string, wanted: Wanted, more: object = {}) =>
    ask('execute_code', { code, ...more }, wanted);
  const refused = { status: 'refused', error: { code: 'INVALID_PARAMS' } };

  for (const value of ['42', '"text"', 'null', '[1, [2]]', '({ a: { b: true } })']) {
    await execute(`return ${value}`, { status: 'returned' });
  }
  await execute(`console.warn('a note', { n: 1 }); return 1`, { logs: [expect.any(String)] });
  const cut = await execute(
    `return { rows: Array.from({ length: 3000 }, (_, n) => ({ n })), long: 'x '.repeat(9000) }`,
    { status: 'returned', cut: { parts: expect.any(Array) } },
    { maxTokens: 300 },
  );
  await execute(`return { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' }`, {
    value: { shown: 'as image 1 of this answer' },
  });
  await ask(
    'resume_run',
    { runId: cut.runId, select: ['/rows/2-21', '/none'] },
    {
      status: 'returned',
      notes: [expect.any(String)],
    },
  );

  await execute('throw new TypeError("no")', { status: 'threw' });
  await execute('throw { toString: null }', { status: 'threw' });
  await execute('await new Promise(() => {})', { error: { code: 'DEADLOCK' } });
  await execute('return 10n', { error: { code: 'RESULT_NOT_JSON' } });
  await execute(`return await callTool('tools', 'fail', {})`, {
    status: 'threw',
    calls: [{ status: 'failed' }],
  });
  await execute('const n: number = "a"; return n', {
    status: 'aborted',
    problems: [expect.stringContaining('TS2322')],
  });
  await execute('return (', { status: 'threw', error: { code: 'SYNTAX' } });
  await execute(`import x from './none'; return x`, { error: expect.any(Object) });

  const limit = (kind: string) => ({ status: 'limit', limit: { kind } });
  await execute('for (;;);', limit('fuel'), { limits: { fuel: 1_000_000 } });
  await execute('await sleep(60_000)', limit('wall'), { limits: { wallMs: 50 } });
  await execute(
    'const all: unknown[] = []; for (;;) all.push(new Array(1e5).fill(1))',
    limit('memory'),
    {
      limits: { memoryBytes: 32 * 1024 * 1024 },
    },
  );
  const partial = await execute(
    threeAdds,
    { ...limit('toolCalls'), calls: [{ call: 'ledger.add', status: 'done', count: 2 }] },
    { limits: { toolCalls: 2 } },
  );
  await ask(
    'resume_run',
    { runId: partial.runId, code: `${threeAdds}\nreturn 'all'` },
    {
      status: 'returned',
      notes: [expect.stringContaining('2 calls'), expect.stringContaining('ledger.add')],
    },
  );
  await execute('let deep: unknown = 1; for (let n = 0; n < 400; n++) deep = [deep]; return deep', {
    status: expect.stringMatching(/limit|threw/u),
  });

  const mayBeUnknown = `import { die } from './servers/tools'; return await die({});`;
  const unknown = await execute(mayBeUnknown, { status: 'threw', calls: [{ status: 'unknown' }] });
  await ask('resume_run', { runId: unknown.runId, unknownCalls: 'fail' }, { status: 'threw' });

  const held = `import { greet } from './servers/tools';
    return Promise.all(['Ada', 'Bob'].map((name) => greet({ name })));`;
  const waiting = { status: 'suspended', questions: [{ call: 'tools.greet' }, {}] };
  const one = await execute(held, waiting);
  await ask('resume_run', { runId: one.runId }, waiting);
  await ask(
    'resume_run',
    { runId: one.runId, decision: 'approve' },
    {
      error: { code: 'NOT_ALLOWED' },
    },
  );
  await approve(one.runId);
  await ask('resume_run', { runId: one.runId }, { value: ['Hello Ada!', 'Hello Bob!'] });
  const other = await execute(held, waiting);
  await ask(
    'resume_run',
    { runId: other.runId, decision: 'refuse' },
    {
      status: 'threw',
      error: { code: 'NOT_ALLOWED' },
    },
  );

  for (const args of [
    { code: '' },
    { code: 5 },
    { code: 'return 1', more: 1 },
    { code: 'return 1', session: '../x' },
    { code: 'return 1', args: [] },
    { code: 'return 1', limits: { fuel: -1 } },
  ]) {
    await ask('execute_code', args, refused);
  }
  await ask('resume_run', { runId: cut.runId, select: Array(100).fill('/a') }, refused);
  await ask('resume_run', { runId: 'none' }, { error: { code: 'RUN_NOT_FOUND' } });
  await ask('resume_run', {}, refused);
  await ask('run_skill', { name: 'none' }, { error: { code: 'SKILL_NOT_FOUND' } });
  await ask('run_skill', { name: '../x' }, { status: 'refused' });
  await ask('search_tools', { query: 'say hello' }, { hits: expect.any(Array) });
  const all = await ask('search_tools', { query: '', detail: 'name', limit: 200 }, {});
  expect(all.hits.length).toBe(all.found);
  await ask('search_tools', { query: 'zzzz' }, { hits: [], note: expect.any(String) });
  await ask('search_tools', { query: 5 }, refused);
  await ask('list_skills', {}, { skills: [{ name: 'twice' }] });
  await ask('list_skills', { query: 'none' }, { skills: [] });
  await ask('list_skills', { query: 5 }, refused);
  await ask('run_skill', { name: 'twice', args: { entry: 'x' } }, { value: [expect.any(Object)] });
  await ask('run_skill', { name: 'twice', args: {} }, { status: 'threw' });
}

const skill = `import { add } from './servers/ledger';
export default async function main({ entry }: { entry: string }) {
  return [await add({ entry })];
}`;

test('every answer of every tool fits the schema that tools/list says', async ({ workshop }) => {
  await workshop.configure({ ledger: ledger(workshop), tools: servers.tools });
  await workshop.write('twice.ts', skill);
  const words = ['--name', 'twice', '--description', 'Adds.'];
  await command(workshop, ['skill', 'save', 'twice.ts', ...words]);
  const connected = await overStdio(workshop, ['--ask', 'tools.greet']);
  await callAll(connected, (id) => command(workshop, ['run', 'approve', id, '--yes']));
});

test('the list of resources has every run of a client once, page by page', async ({ workshop }) => {
  await workshop.configure({});
  const { client, run } = await overStdio(workshop, ['--no-check']);
  const runs = await Promise.all(Array.from({ length: 55 }, (_, n) => run(`return ${n}`)));
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await client.request({
      method: 'resources/list',
      params: cursor === undefined ? {} : { cursor },
    });
    pages.push(page.resources.map(({ uri }) => uri));
    cursor = page.nextCursor;
  } while (cursor !== undefined && pages.length < 5);
  const own = runs.map(({ runId }) => `run://${runId}`).sort();
  expect(
    pages
      .flat()
      .filter((uri) => own.includes(uri))
      .sort(),
  ).toEqual(own);
  expect(pages.length).toBeGreaterThan(1);
});
