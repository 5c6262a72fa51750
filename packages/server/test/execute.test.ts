import { expect, test } from 'vitest';
import { call, connect, connected, eras, everything } from './harness.ts';

test.each(eras)('execute_code, %s: calls of tools, and only the returned value', async (era) => {
  const { client, host } = await connected({ era, host: { servers: everything } });
  const code = `import { echo, get_sum } from './servers/everything';
const [said, sum] = await Promise.all([echo({ message: 'hi' }), get_sum({ a: 2, b: 3 })]);
console.log('a note');
return { said, sum, twice: args.n * 2 };`;
  const { answer, texts, result } = await call(client, 'execute_code', { code, args: { n: 21 } });
  expect(answer).toMatchObject({
    status: 'returned',
    value: { said: 'Echo: hi', twice: 42 },
    logs: ['a note'],
    usage: { toolCalls: 2 },
  });
  expect(result.isError).toBeUndefined();
  expect(JSON.parse(texts[0] as string)).toEqual(answer.value);
  expect(texts[1]).toContain('a note');
  expect(host.sent).toHaveLength(2);
});

test.each(eras)('execute_code, %s: a program that throws, and where', async (era) => {
  const { client } = await connected({ era });
  const code = 'const x = 1;\nfunction f() { throw new TypeError("no " + x) }\nf();';
  const { answer, texts, result } = await call(client, 'execute_code', { code });
  expect(result.isError).toBe(true);
  expect(answer).toMatchObject({ status: 'threw', error: { name: 'TypeError', message: 'no 1' } });
  expect(answer.error?.at).toContain('program.ts:2:22');
  expect(answer.error?.at).toContain('function f() { throw new TypeError("no " + x) }\n');
  expect(texts.join('\n')).toContain('TypeError: no 1');
});

test.each(eras)('execute_code, %s: a limit is an error that says what to do', async (era) => {
  const { client } = await connected({ era });
  const limits = { fuel: 1_000_000 };
  const { answer, result } = await call(client, 'execute_code', { code: 'for(;;);', limits });
  expect(result.isError).toBe(true);
  expect(answer).toMatchObject({ status: 'limit', limit: { kind: 'fuel', allowed: 1_000_000 } });
  expect(answer.next).toContain('"fuel"');
});

test('execute_code: limits above the most of the client are clamped', async () => {
  const { client } = await connected({ era: 'modern' });
  const limits = { toolCalls: 1_000_000, wallMs: 10 };
  const { answer } = await call(client, 'execute_code', {
    code: 'await new Promise((resolve) => setTimeout(resolve, 60000)); return 1',
    limits,
  });
  expect(answer).toMatchObject({ status: 'limit', limit: { kind: 'wall', allowed: 10 } });
  expect(answer.next).toContain('up to 30000');
});

test('execute_code: nothing returned is said', async () => {
  const { client } = await connected({ era: 'legacy' });
  const { answer } = await call(client, 'execute_code', { code: 'console.log(6 * 7)' });
  expect(answer).toMatchObject({ status: 'returned', value: null, logs: ['42'] });
  expect(answer.next).toContain('return <value>');
});

test('execute_code: a deadlock, a refused call and an unknown server', async () => {
  const { client } = await connected({ era: 'modern', host: { servers: everything } });
  const dead = await call(client, 'execute_code', { code: 'await new Promise(() => {})' });
  expect(dead.answer).toMatchObject({ status: 'threw', error: { code: 'DEADLOCK' } });
  const code = "return await callTool('everythin', 'echo', { message: 'x' })";
  const lost = await call(client, 'execute_code', { code });
  expect(lost.answer).toMatchObject({ status: 'threw', error: { code: 'UNKNOWN_SERVER' } });
  expect(lost.answer.calls).toEqual([{ call: 'everythin.echo', status: 'failed', count: 1 }]);
});

test('execute_code: images are content blocks, and short in the value', async () => {
  const { client } = await connected({ era: 'legacy', host: { servers: everything } });
  const code = `import { get_tiny_image } from './servers/everything';\nreturn await get_tiny_image({});`;
  const { answer, result } = await call(client, 'execute_code', { code });
  const images = result.content.filter(({ type }) => type === 'image');
  expect(images).toHaveLength(1);
  expect(images[0]).toMatchObject({ mimeType: 'image/png', data: expect.stringMatching(/^iVBOR/) });
  expect(JSON.stringify(answer.value)).toContain('as image 1 of this answer');
  expect(JSON.stringify(answer.value)).not.toContain('iVBOR');
});

test.each(eras)(
  'execute_code, %s: what is too large is cut, and the rest is there',
  async (era) => {
    const { client } = await connected({ era });
    const code =
      'return { items: Array.from({ length: 5000 }, (_, id) => ({ id, title: "item " + id })) }';
    const { answer, texts } = await call(client, 'execute_code', { code, maxTokens: 1000 });
    const { items } = answer.value as { items: unknown[] };
    expect(items[0]).toEqual({ id: 0, title: 'item 0' });
    expect(items.at(-1)).toEqual({ id: 4999, title: 'item 4999' });
    expect(answer.cut?.parts[0]).toMatchObject({
      at: '/items',
      shown: expect.stringMatching(/ of 5000$/),
    });
    expect(answer.cut?.whole).toBe(`run://${answer.runId}/result`);
    expect(texts[1]).toContain('resume_run');
    const more = await call(client, 'resume_run', {
      runId: answer.runId,
      select: ['/items/100-101'],
    });
    expect(more.answer.value).toEqual({
      items: [
        { id: 100, title: 'item 100' },
        { id: 101, title: 'item 101' },
      ],
    });
    const { contents } = await client.readResource({ uri: answer.cut?.whole as string });
    const [page] = contents;
    expect(page?._meta).toMatchObject({ page: 1, pages: 2 });
  },
);

test('execute_code: what agents write wrong is answered with what is right', async () => {
  const { client, host } = await connected({ era: 'modern' });
  const wrong = await call(client, 'execute_code', { script: 'return 1' });
  expect(wrong.result.isError).toBe(true);
  expect(wrong.answer).toMatchObject({ status: 'refused', error: { code: 'INVALID_PARAMS' } });
  expect(wrong.texts[0]).toContain('no parameter "script"');
  expect(wrong.texts[0]).toContain('code');
  const none = await call(client, 'execute_code', {});
  expect(none.texts[0]).toContain('{"code": "return 6 * 7"}');
  const fenced = await call(client, 'execute_code', { code: '```ts\nreturn 6 * 7\n```' });
  expect(fenced.answer.value).toBe(42);
  const text = await call(client, 'execute_code', { code: 'return args.a', args: '{"a": 5}' });
  expect(text.answer.value).toBe(5);
  for (const session of ['../x', 'A', 'x'.repeat(65), '']) {
    const named = await call(client, 'execute_code', { code: 'return 1', session });
    expect(named.answer.status, session).toBe('refused');
  }
  expect(host.live.size).toBe(0);
});

test('execute_code: sessions keep files apart, and so do clients', async () => {
  const { client, server } = await connected({ era: 'legacy' });
  const write = "await writeFile('/workspace/a.txt', 'mine'); return 1";
  await call(client, 'execute_code', { code: write, session: 'one' });
  const read = "return await readFile('/workspace/a.txt')";
  const same = await call(client, 'execute_code', { code: read, session: 'one' });
  expect(same.answer.value).toBe('mine');
  const other = await call(client, 'execute_code', { code: read, session: 'two' });
  expect(other.answer).toMatchObject({ status: 'threw', error: { code: 'FILE_NOT_FOUND' } });
  const stranger = await connect(server, { era: 'legacy', principal: 'stranger' });
  const theirs = await call(stranger, 'execute_code', { code: read, session: 'one' });
  expect(theirs.answer).toMatchObject({ status: 'threw', error: { code: 'FILE_NOT_FOUND' } });
  const run = await call(stranger, 'resume_run', { runId: same.answer.runId });
  expect(run.answer).toMatchObject({ status: 'refused' });
  const uri = `run://${same.answer.runId}/result`;
  await expect(stranger.readResource({ uri })).rejects.toThrow();
  await expect(client.readResource({ uri })).resolves.toBeDefined();
});
