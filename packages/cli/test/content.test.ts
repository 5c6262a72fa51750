import { mkdir, stat } from 'node:fs/promises';
import { readAudit } from '@org/bridge';
import { describe, expect } from 'vitest';
import { outcomeOf, servers, test } from './harness.ts';

const copying = `
  import { read_text_file, write_file } from './servers/files';
  export default async () => {
    const { content } = await read_text_file({ path: 'notes.txt' });
    await write_file({ path: 'copy.txt', content: 'To: ' + content });
    return content;
  };`;

describe.concurrent('content of servers', () => {
  test('a program gets tokens, and a tool that may see the originals gets these', async ({
    workshop,
  }) => {
    const filter = { outgoing: 'all', restoreFor: ['write_file'] };
    await workshop.configure({ files: { ...servers.files, filter } });
    await workshop.write('notes.txt', 'ada@example.org, 4111 1111 1111 1111');
    const result = await workshop.run(copying);
    expect(result.code).toBe(0);
    expect(result.json()).toMatch(/^\[\[EMAIL:[0-9a-f]{24}\]\], \[\[CARD:[0-9a-f]{24}\]\]$/);
    expect(result.stderr).not.toContain('ada@');
    expect(await workshop.read('copy.txt')).toBe('To: ada@example.org, 4111 1111 1111 1111');
  });

  test('a token of another run is refused, and the program can catch that', async ({
    workshop,
  }) => {
    const filter = { outgoing: 'all' };
    await workshop.configure({ files: { ...servers.files, filter } });
    const result = await workshop.run(`
      import { write_file } from './servers/files';
      export default () => write_file({ path: 'a', content: '[[EMAIL:${'0'.repeat(24)}]]' })
        .catch(({ code, retryable }) => ({ code, retryable }));`);
    expect(result.json()).toEqual({ code: 'UNKNOWN_TOKEN', retryable: false });
  });

  test('a filter that would hide nothing is a wrong configuration', async ({ workshop }) => {
    const filter = { outgoing: ['emails'] };
    await workshop.configure({ files: { ...servers.files, filter } });
    const result = await workshop.run('export default 1');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('There is nothing named emails to filter');
  });

  test('--audit appends a line for each call, with the id of the run', async ({ workshop }) => {
    await workshop.configure({ files: servers.files });
    await workshop.write('notes.txt', 'secret words');
    const first = await workshop.run(copying, '--json', '--audit', 'calls.jsonl');
    const { runId, calls } = outcomeOf(first, 'value');
    await workshop.run(copying, '--audit', 'calls.jsonl');
    const text = await workshop.read('calls.jsonl');
    const records = readAudit(text);
    const called = ['read_text_file', 'write_file'];
    expect(records).toMatchObject([...called, ...called].map((tool) => ({ tool, status: 'done' })));
    expect(records.slice(0, 2)).toMatchObject([
      { runId, server: 'files', bytes: calls[0].bytes },
      { runId, server: 'files', bytes: calls[1].bytes },
    ]);
    expect(text).not.toContain('secret');
    expect((await stat(workshop.path('calls.jsonl'))).mode & 0o777).toBe(0o600);
  });

  test('an audit file that cannot be written is told once, and fails nothing', async ({
    workshop,
  }) => {
    await workshop.configure({ files: servers.files });
    await workshop.write('notes.txt', 'words');
    await mkdir(workshop.path('folder'));
    const result = await workshop.run(copying, '--audit', 'folder');
    expect(result).toMatchObject({ code: 0, stdout: '"words"\n' });
    expect(
      result.stderr.match(/Warning: Cannot write the audit file .*folder: EISDIR\./g),
    ).toHaveLength(1);
  });
});
