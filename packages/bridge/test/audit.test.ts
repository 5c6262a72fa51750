import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, test, vi } from 'vitest';
import { type Audit, type AuditOptions, createAudit, readAudit } from '../src/index.ts';
import { call, openBridge, run, scratchFolder } from './harness.ts';

const digest = (text: string) => bytesToHex(blake3(utf8ToBytes(text)));
const done = { status: 'done', json: '"ü"', cached: false } as const;
const noted = (audit: Audit, tool: string, paramsJson = '{}') =>
  audit.record({ server: 's', tool, paramsJson }, {}, { outcome: done }, 1.26);

async function opened(options: Partial<AuditOptions> = {}) {
  const file = options.path ?? path.join(await scratchFolder(), 'audit.jsonl');
  const problems: string[] = [];
  const audit = createAudit({ ...options, path: file, onProblem: (text) => problems.push(text) });
  const read = async (name = file) => readAudit(await readFile(name, 'utf8'));
  return { audit, file, problems, read };
}

/** Of a disk on a busy machine. */
const patience = { timeout: 60_000, interval: 10 };

test('each call of a bridge is one line, with the digest of its arguments and without a secret', async () => {
  const { audit, file, read } = await opened();
  const bridge = await openBridge(
    { crm: { ...run('people.ts'), filter: { restoreFor: ['send'] } } },
    { audit },
  );
  const { signal } = new AbortController();
  const context = { runId: 'run', session: 'session', principal: 'ada' };
  await bridge.callTool(
    { server: 'crm', tool: 'say', paramsJson: '{"text":"a@b.org", "a":{"d":1,"c":2}}' },
    { signal, context },
  );
  await call(bridge, 'crm', 'fail', { text: 'secret words' });
  await call(bridge, 'crm', 'send', { to: '[[EMAIL:x]]' });
  await call(bridge, 'nobody', 'x'.repeat(1_000));
  await audit.close();
  const [said, failed, refused, unknown, ...rest] = await read();
  expect(said).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ...context,
    server: 'crm',
    tool: 'say',
    status: 'done',
    ms: expect.any(Number),
    // As the program got it: a token in brackets and quotes.
    bytes: '["[[EMAIL:]]"]'.length + 24,
    cached: false,
    argsDigest: digest('{"a":{"c":2,"d":1},"text":"a@b.org"}'),
    policy: { action: 'allow', because: 'the default of the policy' },
  });
  expect(failed).toMatchObject({ tool: 'fail', status: 'failed', code: 'TOOL_FAILED', bytes: 0 });
  expect(refused).toMatchObject({ tool: 'send', status: 'refused', code: 'UNKNOWN_TOKEN' });
  expect(unknown).toMatchObject({ server: 'nobody', tool: 'x'.repeat(256) });
  expect(rest).toEqual([]);
  const text = await readFile(file, 'utf8');
  for (const secret of ['a@b.org', 'secret', 'EMAIL']) expect(text).not.toContain(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('arguments that are no JSON, too deep or too long have no digest', async () => {
  const { audit, read } = await opened();
  for (const params of ['{', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, `"${'x'.repeat(2 ** 20)}"`]) {
    noted(audit, 'a', params);
  }
  await audit.close();
  expect((await read()).map((record) => 'argsDigest' in record)).toEqual([false, false, false]);
});

test('a full file is put aside, and only so many are kept', async () => {
  const { audit, file, read } = await opened({ maxBytes: 1_000, files: 3 });
  for (let number = 0; number < 40; number++) {
    noted(audit, `t${number}`);
    // Each in a batch of its own.
    await vi.waitFor(
      async () => expect(await readFile(file, 'utf8')).toContain(`"t${number}"`),
      patience,
    );
  }
  await audit.close();
  const names = ['audit.jsonl', 'audit.jsonl.1', 'audit.jsonl.2'];
  expect((await readdir(path.dirname(file))).sort()).toEqual(names);
  const kept = [];
  for (const name of names.toReversed()) {
    const whole = path.join(path.dirname(file), name);
    const { size, mode } = await stat(whole);
    expect(size).toBeLessThanOrEqual(1_000);
    expect(mode & 0o777).toBe(0o600);
    kept.push(...(await read(whole)).map((record) => 'tool' in record && record.tool));
  }
  expect(kept.length).toBeGreaterThan(8);
  expect(kept).toEqual(Array.from(kept, (_, index) => `t${40 - kept.length + index}`));
});

test('of one file nothing is put aside', async () => {
  const { audit, file, read } = await opened({ maxBytes: 100, files: 1 });
  for (const tool of ['one', 'two']) {
    noted(audit, tool);
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain(tool), patience);
  }
  await audit.close();
  expect(await read()).toMatchObject([{ tool: 'two' }]);
  expect(await readdir(path.dirname(file))).toEqual(['audit.jsonl']);
});

test('a line that a crash tore is left out, and the next one is whole', async () => {
  const { audit, file, read } = await opened();
  await writeFile(file, '{"time":"x","tool":"before"}\n{"time":"torn","to');
  await chmod(file, 0o644);
  noted(audit, 'after');
  await audit.close();
  expect(await read()).toMatchObject([{ tool: 'before' }, { tool: 'after' }]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await appendFile(file, '{"torn');
  expect(await read()).toHaveLength(2);
});

test('a disk that refuses is told once, fails nothing, and leaves a count of what is missing', async () => {
  const folder = path.join(await scratchFolder(), 'later');
  const { audit, problems, read, file } = await opened({ path: path.join(folder, 'a.jsonl') });
  // More than one write takes.
  for (let number = 0; number < 600; number++) noted(audit, 'early');
  await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining('ENOENT')]), patience);
  await mkdir(folder);
  let number = 0;
  await vi.waitFor(async () => {
    noted(audit, `later ${number++}`);
    await readFile(file);
  }, patience);
  await audit.close();
  const [gap, ...records] = await read();
  expect(problems).toHaveLength(1);
  const lost = gap !== undefined && 'lost' in gap ? gap.lost : 0;
  expect(lost).toBeGreaterThanOrEqual(256);
  expect(lost + records.length).toBe(600 + number);
});

test('of more records than may wait, the rest is counted', async () => {
  const { audit, read } = await opened({ waiting: 10 });
  for (let number = 0; number < 25; number++) noted(audit, 't');
  await audit.close();
  const records = await read();
  expect(records.filter((record) => 'tool' in record)).toHaveLength(10);
  expect(records.filter((record) => 'lost' in record)).toMatchObject([{ lost: 15 }]);
});

test('close() writes what is waiting, and a link in the place of the file is not followed', async () => {
  const first = await opened();
  for (let number = 0; number < 1_000; number++) noted(first.audit, 't');
  await first.audit.close();
  expect(await first.read()).toHaveLength(1_000);
  const folder = await scratchFolder();
  await symlink(first.file, path.join(folder, 'link'));
  const linked = await opened({ path: path.join(folder, 'link') });
  noted(linked.audit, 't');
  await linked.audit.close();
  expect(linked.problems).toEqual([expect.stringContaining('ELOOP')]);
  expect(await first.read()).toHaveLength(1_000);
});

test.each([{ maxBytes: 0 }, { files: 1.5 }, { files: 0 }])(
  'createAudit() refuses %j',
  (options) => {
    expect(() => createAudit({ path: 'x', ...options })).toThrow(/whole number from 1/);
  },
);

test('a record has what decided on the call, and how a person approved it', async () => {
  const { audit, read } = await opened();
  const answers = ['once', 'always', 'no'] as const;
  let asked = 0;
  const bridge = await openBridge(
    { items: run('items.ts'), off: { ...run('items.ts'), disabled: true } },
    {
      audit,
      policy: { deny: ['*.delete_*'], readOnly: ['*.list_*'] },
      ask: ['items.set_item', 'items.counts'],
      approver: { by: 'ada', approve: async () => answers[asked++] ?? 'no' },
    },
  );
  for (const [server, tool] of [
    ['items', 'get_item'],
    ['items', 'list_items'],
    ['items', 'delete_item'],
    ['items', 'set_item'],
    ['items', 'set_item'],
    ['items', 'set_item'],
    ['items', 'counts'],
    ['items', 'no_such'],
    ['off', 'get_item'],
  ] as const) {
    await call(bridge, server, tool, { key: 'a' });
  }
  await audit.close();
  const asks = { action: 'ask', because: 'the rule "items.set_item"' };
  expect((await read()).map((record) => 'policy' in record && record.policy)).toEqual([
    { action: 'allow', because: 'the default of the policy' },
    { action: 'allow', because: 'it is read-only' },
    { action: 'deny', because: 'the rule "*.delete_*"' },
    { ...asks, approved: 'once', by: 'ada' },
    { ...asks, approved: 'always', by: 'ada' },
    { ...asks, approved: 'remembered' },
    { action: 'ask', because: 'the rule "items.counts"' },
    false,
    { action: 'deny', because: 'the server is disabled' },
  ]);
});
