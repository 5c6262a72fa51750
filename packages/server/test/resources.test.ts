import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseResourceUri } from '../src/resources/resource-uri.ts';
import { call, connected, eras, everything } from './harness.ts';

test.each(eras)('resources, %s: a run, its result, logs and calls', async (era) => {
  const { client } = await connected({ era, host: { servers: everything } });
  const code = `import { echo } from './servers/everything';
console.warn('careful');
return await echo({ message: 'hi' });`;
  const { answer } = await call(client, 'execute_code', { code, args: { a: 1 } });
  const read = async (part: string) =>
    (await client.readResource({ uri: `run://${answer.runId}${part}` })).contents[0] as {
      text: string;
      mimeType: string;
    };
  expect(JSON.parse((await read('')).text)).toMatchObject({
    status: 'returned',
    session: 'default',
    code,
    args: { a: 1 },
    calls: [{ call: 'everything.echo', status: 'done', count: 1 }],
  });
  expect(await read('/result')).toMatchObject({ text: '"Echo: hi"', mimeType: 'application/json' });
  expect((await read('/logs')).text).toBe('warn: careful');
  expect(JSON.parse((await read('/calls')).text)).toMatchObject({
    tool: 'echo',
    params: { message: 'hi' },
    result: 'Echo: hi',
  });
  for (const part of ['/nothing', '/result?page=2', '/result?page=0', '/result#x']) {
    await expect(read(part), part).rejects.toThrow();
  }
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('run://{runId}/{part}');
});

test.each(eras)('resources, %s: files of a session, and the list of both', async (era) => {
  const { client } = await connected({ era, host: { servers: everything } });
  const code = "await writeFile('/workspace/out/a b.csv', 'x;y'); return 1";
  await call(client, 'execute_code', { code });
  await call(client, 'execute_code', { code, session: 'other' });
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual([
    'session://default/workspace/out/a%20b.csv',
    expect.stringMatching(/^run:/),
    expect.stringMatching(/^run:/),
  ]);
  const read = async (uri: string) =>
    ((await client.readResource({ uri })).contents[0] as { text: string }).text;
  expect(await read('session://default/workspace/out/a%20b.csv')).toBe('x;y');
  expect(await read('session://other/workspace/out')).toBe('a b.csv');
  expect(await read('session://default/mcp-tools/servers/everything/echo.ts')).toContain('echo');
  for (const path of [
    'workspace/../../etc/passwd',
    'etc/passwd',
    'workspace/%2e%2e/%2e%2e/etc/x',
    'workspace/%00',
    'workspace/none',
    'workspace/%',
  ]) {
    await expect(read(`session://default/${path}`), path).rejects.toThrow();
  }
});

test('resources: runs are listed by the page', async () => {
  const { client } = await connected({ era: 'modern' });
  const runIds: string[] = [];
  for (let run = 0; run < 53; run++) {
    const { answer } = await call(client, 'execute_code', { code: `return ${run}` });
    runIds.unshift(`run://${answer.runId}`);
  }
  const first = await client.request({ method: 'resources/list', params: {} });
  expect(first.resources).toHaveLength(50);
  const { nextCursor } = first;
  const second = await client.request({ method: 'resources/list', params: { cursor: nextCursor } });
  expect(second.nextCursor).toBeUndefined();
  const uris = [...first.resources, ...second.resources].map(({ uri }) => uri);
  expect(uris).toEqual(runIds);
  const broken = client.request({ method: 'resources/list', params: { cursor: '../..' } });
  await expect(broken).rejects.toThrow('no such page');
});

test('skills: listed, run, and served by the extension with digests', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'skills-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'twice'));
  await writeFile(
    path.join(folder, 'twice', 'SKILL.md'),
    '---\nname: twice\ndescription: Doubles a number.\n---\n\n```ts\nreturn args.n * 2;\n```\n',
  );
  const { client } = await connected({ era: 'modern', host: { skills: folder } });
  const listed = await call<{ skills: object[] }>(client, 'list_skills', {});
  expect(listed.answer.skills).toEqual([{ name: 'twice', description: 'Doubles a number.' }]);
  const none = await call(client, 'list_skills', { query: 'halves' });
  expect(none.texts).toEqual(['There are no such skills.']);
  const run = await call(client, 'run_skill', { name: 'twice', args: { n: 21 } });
  expect(run.answer).toMatchObject({ status: 'returned', value: 42 });
  const missing = await call(client, 'run_skill', { name: 'twicee' });
  expect(missing.answer).toMatchObject({ status: 'refused', error: { code: 'SKILL_NOT_FOUND' } });
  expect(client.getServerCapabilities()?.extensions).toHaveProperty(
    'io.modelcontextprotocol/skills',
  );
  const { contents } = await client.readResource({ uri: 'skill://twice/SKILL.md' });
  expect((contents[0] as { text: string }).text).toContain('Doubles');
  const other = client.readResource({ uri: 'skill://twice/../../etc/passwd' });
  await expect(other).rejects.toThrow();
});

test('parseResourceUri() leads to runs, /workspace and /mcp-tools, and nowhere else', () => {
  expect(parseResourceUri('session://a/workspace/x%20y.txt?page=3')).toMatchObject({
    kind: 'file',
    session: 'a',
    path: '/workspace/x y.txt',
    page: 3,
  });
  expect(parseResourceUri('run://a-1/logs')).toMatchObject({ kind: 'run', part: 'logs', page: 1 });
  const others = [
    'mnt/x',
    'workspacex/y',
    '',
    '/workspace',
    'workspace/..%2f..%2fmnt/x',
    'mcp-toolsx',
  ];
  for (const path of others) {
    expect(parseResourceUri(`session://a/${path}`), path).toBeUndefined();
  }
  for (const uri of [
    'file:///etc/passwd',
    'run://A/logs',
    'run://a/x',
    `run://a/${'x'.repeat(3_000)}`,
  ]) {
    expect(parseResourceUri(uri), uri.slice(0, 40)).toBeUndefined();
  }
});
