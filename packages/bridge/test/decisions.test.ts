import { parseServerId, type ServerId, type ToolDefinition } from '@org/core';
import { describe, expect, test } from 'vitest';
import { methodDefinition } from '../src/method-definition.ts';
import { Policy, type PolicyRules, strictest } from '../src/policy.ts';
import { TraitsOfTools, type TrustRules } from '../src/tool-traits.ts';
import { toolOf } from './tool-of.ts';

const [files, mail] = ['files', 'mail'].map(parseServerId) as [ServerId, ServerId];
const configured = [files, mail];
const get = toolOf('get', { readOnlyHint: true });
const remove = toolOf('remove', { destructiveHint: true });
const take = toolOf('take', { readOnlyHint: true, destructiveHint: true });
const set = toolOf('set');

const decide = (rules: PolicyRules, tool: ToolDefinition, trust?: TrustRules) =>
  new Policy(rules, configured, trust && new TraitsOfTools(trust, configured)).decide(files, tool);

describe('Policy.decide()', () => {
  test.each<[PolicyRules, string, string]>([
    [{}, 'allow', 'the default of the policy'],
    [{ default: 'ask' }, 'ask', 'the default of the policy'],
    [{ default: 'deny' }, 'deny', 'no rule that allows it'],
    [{ allow: [] }, 'deny', 'no rule that allows it'],
    [{ allow: ['mail'] }, 'deny', 'no rule that allows it'],
    [{ allow: ['mail'], default: 'allow' }, 'allow', 'the default of the policy'],
    [{ allow: ['files.set'] }, 'allow', 'the rule "files.set"'],
    [{ ask: ['mail', 'files.set'] }, 'ask', 'the rule "files.set"'],
    [{ ask: ['files'], allow: ['files.set'] }, 'ask', 'the rule "files"'],
    [{ deny: ['files.*'], ask: ['files'], allow: ['files'] }, 'deny', 'the rule "files.*"'],
    [{ deny: ['mail', 'files.get'] }, 'allow', 'the default of the policy'],
  ])('by %j is %s, because of %s', (rules, action, because) => {
    expect(decide(rules, set)).toEqual({ action, because });
  });

  test.each<[string, PolicyRules, ToolDefinition, string, string]>([
    ['allows', { default: 'ask' }, get, 'allow', 'it is read-only'],
    ['asks about', {}, remove, 'ask', 'it is annotated as destructive'],
    ['asks about', { default: 'ask' }, remove, 'ask', 'it is annotated as destructive'],
    ['asks about', {}, take, 'ask', 'it is annotated as destructive'],
    ['says nothing of', {}, set, 'allow', 'the default of the policy'],
    ['never lifts a deny of', { default: 'deny' }, get, 'deny', 'no rule that allows it'],
    ['is beaten by a rule for', { ask: ['files'] }, get, 'ask', 'the rule "files"'],
    ['is beaten by a rule for', { allow: ['files'] }, remove, 'allow', 'the rule "files"'],
  ])('a believed annotation %s it, by %j', (_, rules, tool, action, because) => {
    expect(decide(rules, tool, { trustAnnotations: true })).toEqual({ action, because });
  });

  test.each([{}, { trustAnnotations: false }, { trustAnnotations: [] }, undefined])(
    'no annotation is believed by %j',
    (trust) => {
      expect(decide({ default: 'ask' }, get, trust).action).toBe('ask');
      expect(decide({}, remove, trust).action).toBe('allow');
    },
  );
});

describe('Policy.mayUse()', () => {
  test.each<[PolicyRules, boolean]>([
    [{}, true],
    [{ deny: ['files'] }, false],
    [{ deny: ['files'], allow: ['files'] }, false],
    [{ deny: ['files.get'] }, true],
    [{ deny: ['mail'] }, true],
    [{ deny: ['files.get', 'files'] }, false],
    [{ allow: ['mail'] }, false],
    [{ allow: ['mail', 'files.get'] }, true],
    [{ allow: [], ask: ['mail', 'files.get'] }, true],
    [{ default: 'deny', ask: ['mail'] }, false],
    [{ allow: [], default: 'ask' }, true],
  ])('by %j: %s', (rules, expected) => {
    expect(new Policy(rules, configured).mayUse(files)).toBe(expected);
  });

  test('a pattern of a server that is not configured is refused in each list', () => {
    for (const name of ['allow', 'ask', 'deny']) {
      expect(() => new Policy({ [name]: ['fiels'] }, configured)).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_SERVER' }),
      );
    }
  });
});

test('strictest() is a deny before an ask before an allow, and the first of equal ones', () => {
  const [allow, ask, deny, other] = (['allow', 'ask', 'deny', 'ask'] as const).map(
    (action, index) => ({ action, because: String(index) }),
  ) as [never, never, never, never];
  expect(strictest([allow, ask])).toBe(ask);
  expect(strictest([ask, allow])).toBe(ask);
  expect(strictest([allow, ask, deny])).toBe(deny);
  expect(strictest([deny, ask, allow])).toBe(deny);
  expect(strictest([allow, ask, other])).toBe(ask);
  expect(strictest([allow])).toBe(allow);
});

describe('TraitsOfTools.of()', () => {
  const nothing = { readOnly: false, idempotent: false, destructive: false, cacheable: false };
  const reading = { ...nothing, readOnly: true, idempotent: true };
  const trusted: TrustRules = { trustAnnotations: true };
  const pure = toolOf('pure', { readOnlyHint: true, idempotentHint: true });
  const again = toolOf('again', { idempotentHint: true });
  const all = { readOnlyHint: true, idempotentHint: true, destructiveHint: true };

  test.each<[string, TrustRules, ToolDefinition, object]>([
    ['nothing is said', trusted, set, nothing],
    ['nothing is believed', {}, pure, nothing],
    ['nothing is believed of others', { trustAnnotations: ['mail'] }, pure, nothing],
    ['some are believed', { trustAnnotations: ['mail', 'files.get'] }, get, reading],
    ['it only reads', trusted, get, reading],
    ['it only reads, and may be made twice', trusted, pure, { ...reading, cacheable: true }],
    ['it may be made twice', trusted, again, { ...nothing, idempotent: true }],
    ['it destroys', trusted, remove, { ...nothing, destructive: true }],
    ['it says all', trusted, toolOf('x', all), { ...nothing, idempotent: true, destructive: true }],
    [
      'a hint is no boolean',
      trusted,
      toolOf('x', { readOnlyHint: 'yes', idempotentHint: 1, destructiveHint: {} } as never),
      nothing,
    ],
    ['the operator says that it reads', { readOnly: ['mail', '*.set'] }, set, reading],
    ['the operator says so of another', { readOnly: ['files.get'] }, set, nothing],
    [
      'the operator says that it may be made twice',
      { idempotent: ['mail', 'files.set'] },
      set,
      { ...nothing, idempotent: true },
    ],
    [
      'the operator says that results may be reused',
      { cacheable: ['files.set'] },
      set,
      { ...reading, cacheable: true },
    ],
    [
      'the operator says that what destroys only reads',
      { trustAnnotations: true, readOnly: ['files'] },
      remove,
      { ...reading, destructive: true },
    ],
  ])('where %s', (_, rules, tool, expected) => {
    const traits = new TraitsOfTools(rules, configured);
    expect(traits.of(files, tool)).toEqual(expected);
    expect(traits.of(files, tool)).toBe(traits.of(files, tool));
  });

  test('methods have the same definition for all servers, and traits for each', () => {
    const traits = new TraitsOfTools({ trustAnnotations: ['files'] }, configured);
    const read = methodDefinition('resources/read');
    expect(traits.of(files, read)).toEqual({ ...reading, cacheable: true });
    expect(traits.of(mail, read)).toEqual(nothing);
  });

  test.each(['trustAnnotations', 'readOnly', 'idempotent', 'cacheable'])(
    'a pattern of a server that is not configured is refused in %s',
    (name) => {
      expect(() => new TraitsOfTools({ [name]: ['fiels'] }, configured)).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_SERVER' }),
      );
    },
  );
});
