import { describe, expect, test } from 'vitest';
import {
  type Limits,
  type ProfileName,
  profiles,
  resolveLimits,
  SandboxError,
} from '../src/index.ts';

describe('resolveLimits()', () => {
  test('gives the moderate profile by default', () => {
    expect(resolveLimits()).toEqual(profiles.moderate);
  });

  test.each(['strict', 'moderate', 'permissive'] as const)('gives the profile %s', (name) => {
    expect(resolveLimits(name)).toEqual(profiles[name]);
  });

  test('puts overrides over the profile and leaves the profile alone', () => {
    expect(resolveLimits('strict', { fuel: 7 })).toEqual({ ...profiles.strict, fuel: 7 });
    expect(profiles.strict.fuel).toBe(5_000_000_000);
  });

  test('passes over an override that is undefined', () => {
    expect(resolveLimits('strict', { fuel: undefined } as unknown as Partial<Limits>)).toEqual(
      profiles.strict,
    );
  });

  test('gives limits that cannot be changed', () => {
    expect(Object.isFrozen(resolveLimits('strict', { fuel: 7 }))).toBe(true);
    expect(Object.values(profiles).every(Object.isFrozen)).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, '5', null, true, {}, 5n])(
    'refuses %s as a limit',
    (value) => {
      const limits = { wallMs: value } as unknown as Partial<Limits>;
      expect(() => resolveLimits('moderate', limits)).toThrow(
        expect.objectContaining({ constructor: SandboxError, code: 'USAGE' }),
      );
    },
  );

  test.each(['fule', 'toString', '__proto__', 'constructor', ''])(
    'refuses a limit named %j',
    (name) => {
      const limits = Object.fromEntries([[name, 5]]) as Partial<Limits>;
      expect(() => resolveLimits('moderate', limits)).toThrow(
        `There is no limit named ${name}: use fuel, memoryBytes, wallMs, toolCalls, `,
      );
    },
  );

  test.each(['lax', '__proto__', 'constructor', ''])('refuses a profile named %j', (name) => {
    expect(() => resolveLimits(name as ProfileName)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `There is no profile named ${name}: use strict, moderate, permissive.`,
      }),
    );
  });
});
