import type { ApprovalStore } from '@org/bridge';
import { profiles } from '@org/core';
import { expect, test } from 'vitest';
import { grantFor } from '../../src/serve/client-grant.ts';
import { limitsOfRun, mostFor, withinMost } from '../../src/serve/limits-clamp.ts';

const { strict, moderate, permissive } = profiles;

test('a client without a token has the word of the operator', () => {
  const word = { limits: moderate, approvals: 'operator', approvalsOf: () => undefined } as const;
  const grant = grantFor('local', undefined, word);
  expect(grant).toMatchObject({ principal: 'local', limits: moderate, approvals: 'operator' });
  expect(grant.rules).toEqual({ principal: 'local' });
  expect(grant.mayRun('any')).toBe(true);
});

test('a token narrows it; its approvals are kept apart from those of others', () => {
  const stores = new Map([['ci', {} as ApprovalStore]]);
  const word = {
    limits: moderate,
    approvals: 'operator',
    approvalsOf: (principal: string) => stores.get(principal),
  } as const;
  const token = {
    name: 'ci',
    use: 'agents',
    policy: { deny: ['*.delete'] },
    limits: { profile: 'permissive', overrides: { wallMs: 5 } },
    skills: ['report'],
    approvals: 'refuse',
  } as never;
  const grant = grantFor('ci', token, word);
  expect(grant.rules).toEqual({
    principal: 'ci',
    deny: ['*.delete'],
    approvals: stores.get('ci'),
  });
  expect(grant).toMatchObject({ approvals: 'refuse', limits: { ...moderate, wallMs: 5 } });
  expect(['report', 'other', 'constructor'].map(grant.mayRun)).toEqual([true, false, false]);
  const none = grantFor('ci', { name: 'ci', use: 'agents', skills: [] } as never, word);
  expect(none.mayRun('report')).toBe(false);
});

test('no token and no run gets more than the operator gives', () => {
  expect(mostFor(strict, undefined)).toBe(strict);
  expect(mostFor(strict, { profile: 'permissive' })).toEqual(strict);
  expect(mostFor(permissive, { profile: 'strict' })).toEqual(strict);
  expect(mostFor(strict, { overrides: { wallMs: 1, fuel: strict.fuel * 2 } })).toEqual({
    ...strict,
    wallMs: 1,
  });
  expect(mostFor(strict, {})).toEqual(strict);
  expect(limitsOfRun(strict, { wallMs: permissive.wallMs })).toEqual(strict);
  expect(limitsOfRun(permissive, { wallMs: 3, fuel: undefined as never })).toEqual({
    ...moderate,
    wallMs: 3,
  });
  expect(withinMost(strict, { wallMs: 1e9, toolCalls: 1, fuel: undefined as never })).toEqual({
    wallMs: strict.wallMs,
    toolCalls: 1,
  });
});
