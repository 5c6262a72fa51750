import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { trustFile } from '../src/trust-file.ts';
import { scratchFolder } from './harness.ts';

const file = (digest: string, name = '/project/.mcp.json') => ({ path: name, digest }) as never;

test('a file is trusted with exactly what it held, until it is taken back', async () => {
  const place = path.join(await scratchFolder(), 'config/trust.json');
  const trust = trustFile(place);
  expect(await trust.has(file('one'))).toBe(false);
  expect(await trust.remove(file('one'))).toBe(false);
  await trust.add(file('one'));
  expect(await trustFile(place).has(file('one'))).toBe(true);
  expect(await trust.has(file('two'))).toBe(false);
  expect(await trust.has(file('one', '/elsewhere/.mcp.json'))).toBe(false);
  expect((await stat(place)).mode & 0o777).toBe(0o600);

  await trust.add(file('two'));
  expect([await trust.has(file('one')), await trust.has(file('two'))]).toEqual([false, true]);
  expect(await trust.remove(file('whatever it holds'))).toBe(true);
  expect(await trust.has(file('two'))).toBe(false);
});

test('a file that is none of ours is refused and left alone', async () => {
  const place = path.join(await scratchFolder(), 'trust.json');
  await writeFile(place, '{"trusted": [{"path": 5}]}');
  const trust = trustFile(place);
  for (const use of [() => trust.has(file('a')), () => trust.add(file('a'))]) {
    await expect(use()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  }
});
