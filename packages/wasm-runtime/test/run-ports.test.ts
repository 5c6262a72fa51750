import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox, MemoryJournal, type RunOptions } from '../src/index.ts';
import { memoryFiles } from './memory-files.ts';
import { done, recordingTools } from './workbench.ts';

const rung: unknown[] = [];
const sandbox = await createSandbox({
  workers: 2,
  files: memoryFiles({ '/workspace/lib.ts': "export const whose = 'nobody';" }),
  extensions: { ring: { call: ([n]) => rung.push(n) } },
});
afterAll(() => sandbox.close());

const importing = "import { whose } from '/workspace/lib'; export default () => whose;";
const owned = (whose: string) =>
  memoryFiles({ '/workspace/lib.ts': `export const whose = '${whose}';` });
const value = async (source: string, options: RunOptions) => {
  const outcome = await sandbox.run(source, options);
  return outcome.status === 'returned' ? outcome.value : outcome;
};

describe('ports of a run', () => {
  test('imports are those of its own files, whoever compiled the same source before', async () => {
    const [ana, ben] = [owned('ana'), owned('ben')];
    for (let times = 0; times < 3; times++) {
      expect(await value(importing, { files: ana })).toBe('ana');
      expect(await value(importing, { files: ben })).toBe('ben');
      expect(await value(importing, {})).toBe('nobody');
    }
    const both = Array.from({ length: 8 }, (_, n) =>
      value(importing, { files: n % 2 ? ana : ben }),
    );
    expect(await Promise.all(both)).toEqual(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? 'ana' : 'ben')),
    );
    expect(await value(importing, { files: memoryFiles() })).toMatchObject({
      error: { code: 'UNKNOWN_IMPORT' },
    });
  });

  test('answer its calls, and no other run has them', async () => {
    const values = new Map<string, string>();
    const own: RunOptions = {
      tools: recordingTools(() => done('own')),
      files: owned('own'),
      state: {
        get: async (key) => values.get(key),
        set: async (key, json) => void values.set(key, json),
      },
      search: async () => ({ hits: [], imports: ['own'], found: 0 }),
    };
    const source = `await setState('k', 1);
      return [await callTool('s', 't').catch((error) => error.code), await readFile('/workspace/lib.ts'),
        await getState('k'), (await searchTools('x')).imports]`;
    expect(await value(source, own)).toEqual(['own', "export const whose = 'own';", 1, ['own']]);
    expect([...values]).toEqual([['k', '1']]);
    expect(await value(source, {})).toMatchObject([
      'UNKNOWN_SERVER',
      expect.stringContaining('nobody'),
      1,
      [],
    ]);
    expect(await value("return await getState('k')", own)).toBe(1);
  });

  test('are those of the thawed run, which has none of the frozen one', async () => {
    const source = "await sleep(5); return await callTool('s', 't')";
    const run = await sandbox.start(source, { tools: recordingTools(() => done('first')) });
    const bytes = await run.freeze();
    const thawed = await sandbox.thaw(bytes, { tools: recordingTools(() => done('second')) });
    expect(await thawed.outcome).toMatchObject({ value: 'second' });
    expect(await (await sandbox.thaw(bytes)).outcome).toMatchObject({
      error: { code: 'UNKNOWN_SERVER' },
    });
  });
});

describe('a recorded run, repeated', () => {
  const handle = `blob:${'a'.repeat(40)}`;
  const bytes = new Uint8Array(100).fill(7);
  const tools = recordingTools(({ tool, paramsJson }) => ({
    status: 'done',
    json: tool === 'image' ? JSON.stringify([{ data: handle }]) : paramsJson,
    cached: tool === 'cached',
    ...(tool === 'image' && { blobs: new Map([[handle, bytes]]) }),
    warning: `The result of ${tool} has another shape.`,
  }));
  const source = `const [{ data }] = await callTool('s', 'image');
    console.log('got it');
    const later = await Promise.all(['a', 'b', 'a', 'cached'].map((tool) => callTool('s', tool, { tool })));
    console.log('got all');
    return [await ring(later.length), (await readBlob(data)).length, data]`;

  test('has blobs, warnings, usage and order of logs, and nothing is carried out', async () => {
    rung.length = 0;
    const fixed = { seed: 's', startTime: 1_700_000_000_000 };
    const journal = new MemoryJournal();
    const outcome = await sandbox.run(source, { ...fixed, tools, journal });
    expect(outcome).toMatchObject({
      status: 'returned',
      value: [1, 136, Buffer.from(bytes).toString('base64')],
    });
    const again = await sandbox.run(source, { ...fixed, recorded: { run: journal.run } });
    expect(rung).toEqual([4]);
    const { usage, runId: _, ...rest } = outcome;
    const { usage: used, runId: __, ...same } = again;
    expect(same).toEqual(rest);
    expect({ ...used, wallMs: 0 }).toEqual({ ...usage, wallMs: 0 });
    expect(rest.logs.map(({ message }) => message)).toEqual([
      'The result of image has another shape.',
      'got it',
      'The result of a has another shape.',
      'The result of b has another shape.',
      'The result of cached has another shape.',
      'got all',
    ]);
  });
});
