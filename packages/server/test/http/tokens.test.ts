import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { TokenGrant } from '../../src/http/token-grant.ts';
import { openTokenStore } from '../../src/http/token-store.ts';
import { test } from './harness.ts';

const grant: TokenGrant = {
  name: 'ci',
  use: 'agents',
  policy: { allow: ['github.*'], ask: ['*.delete_*'], deny: ['files'] },
  limits: { profile: 'strict', overrides: { wallMs: 5_000 } },
  skills: ['weekly-report'],
  approvals: 'operator',
};

test('a token gives what it was granted, and its text is kept nowhere', async ({
  folder,
  tokens,
}) => {
  const token = await tokens.add(grant);
  expect(token).toMatch(/^mcp_ci_[A-Za-z0-9_-]{43}$/u);
  expect(tokens.authenticate(token)).toEqual(grant);
  expect(tokens.grantOf('ci')).toEqual(grant);
  const file = path.join(folder, 'tokens', 'ci.json');
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(token.slice('mcp_ci_'.length));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  expect(await readdir(path.dirname(file))).toEqual(['ci.json']);
  expect(JSON.stringify(await tokens.list())).not.toContain('sha256');
});

test('two tokens are never equal', async ({ tokens }) => {
  const one = await tokens.add(grant);
  const other = await tokens.add({ ...grant, name: 'ci-2' });
  expect(one.slice(-43)).not.toBe(other.slice(-43));
});

test('a text that is no token of ours gives nothing', async ({ tokens }) => {
  const token = await tokens.add(grant);
  await tokens.add({ name: 'other', use: 'agents' });
  const secret = token.slice('mcp_ci_'.length);
  const last = secret.at(-1) === 'A' ? 'B' : 'A';
  const wrong = [
    '',
    'mcp_ci_',
    secret,
    `${token} `,
    token.slice(0, -1),
    `${token}A`,
    token.toUpperCase(),
    `mcp_ci_${secret.slice(0, -2)}${last}${secret.at(-1)}`,
    `mcp_other_${secret}`,
    `mcp_nobody_${secret}`,
    `mcp_../ci_${secret}`,
    `mcp_${'a'.repeat(65)}_${secret}`,
    `mcp_-_${secret}`,
  ];
  for (const text of wrong) expect([text, tokens.authenticate(text)]).toEqual([text, undefined]);
});

test('a token that another process revokes is refused at the next look', async ({
  folder,
  tokens,
}) => {
  const token = await tokens.add(grant);
  expect(tokens.authenticate(token)).toBeDefined();
  await openTokenStore(path.join(folder, 'tokens')).revoke('ci');
  expect(tokens.authenticate(token)).toBeUndefined();
  expect(tokens.grantOf('ci')).toBeUndefined();
  expect(await tokens.list()).toMatchObject([{ name: 'ci', revokedAt: expect.any(String) }]);
  const text = await readFile(path.join(folder, 'tokens', 'ci.json'), 'utf8');
  expect(text).not.toContain('sha256');
});

test('the name of a revoked token is only taken again on purpose', async ({ tokens }) => {
  const before = await tokens.add(grant);
  await expect(tokens.add(grant)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(tokens.add(grant, true)).rejects.toMatchObject({ code: 'USAGE' });
  await tokens.revoke('ci');
  await expect(tokens.add(grant)).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('--reuse-name'),
  });
  const after = await tokens.add(grant, true);
  expect(tokens.authenticate(after)).toEqual(grant);
  expect(tokens.authenticate(before)).toBeUndefined();
});

test('of adds side by side one gets the name', async ({ folder }) => {
  const stores = Array.from({ length: 8 }, () => openTokenStore(path.join(folder, 'tokens')));
  const settled = await Promise.allSettled(stores.map((store) => store.add(grant)));
  const added = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(added).toHaveLength(1);
  expect(stores[0]?.authenticate(added[0] ?? '')).toEqual(grant);
});

test('revoking what is not there says what is', async ({ tokens }) => {
  await tokens.add(grant);
  await expect(tokens.revoke('cj')).rejects.toThrow('Did you mean "ci"?');
  await tokens.revoke('ci');
  await expect(tokens.revoke('ci')).rejects.toThrow('Revoked before');
});

test('names that are no names of files, and the local client, are refused', async ({ tokens }) => {
  for (const name of ['local', '', 'A', '../x', 'a/b', 'a_b', 'a--b', '-a', 'a'.repeat(65)]) {
    await expect(tokens.add({ ...grant, name })).rejects.toMatchObject({ code: 'INVALID_NAME' });
  }
});

test('a file that is not ours is believed in nothing', async ({ folder, tokens }) => {
  const token = await tokens.add(grant);
  const file = path.join(folder, 'tokens', 'ci.json');
  const ours = JSON.parse(await readFile(file, 'utf8'));
  const wrong = [
    'x',
    '[]',
    { ...ours, version: 2 },
    { ...ours, name: 'other' },
    { ...ours, use: 'all' },
    { ...ours, policy: { allow: 'github' } },
    { ...ours, policy: { permit: [] } },
    { ...ours, limits: { profile: 'none' } },
    { ...ours, limits: { overrides: { wallMs: -1 } } },
    { ...ours, skills: [1] },
    { ...ours, sha256: '' },
    { ...ours, more: true },
  ];
  for (const content of wrong) {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    expect(() => tokens.authenticate(token)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  }
  await writeFile(file, JSON.stringify(ours));
  expect(tokens.authenticate(token)).toEqual(grant);
});

test('a file that others can reach is not used', async ({ folder, tokens }) => {
  const token = await tokens.add(grant);
  await chmod(path.join(folder, 'tokens', 'ci.json'), 0o640);
  expect(() => tokens.authenticate(token)).toThrow('others on this machine can reach it');
});

test('a folder of tokens that is none is an error, not an empty one', async ({ folder }) => {
  const place = path.join(folder, 'no-folder');
  expect(await openTokenStore(place).list()).toEqual([]);
  await writeFile(place, '');
  await expect(openTokenStore(place).list()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
