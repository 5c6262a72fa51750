import { type Limits, resolveLimits } from '@org/core';
import type { GrantedLimits } from '@org/server';

const least = (one: Limits, other: Partial<Limits>): Limits => {
  const limits: Record<string, number> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    if (value !== undefined) limits[name] = Math.min(value, one[name as keyof Limits]);
  }
  return Object.freeze(limits) as unknown as Limits;
};

/**
 * The most that runs of a client may use: the operator's, or less where its token says so.
 * @throws SandboxError `USAGE`: limits of a token that are none
 */
export function mostFor(operators: Limits, granted: GrantedLimits | undefined): Limits {
  if (granted === undefined) return operators;
  const { profile, overrides } = granted;
  const asked = profile === undefined ? overrides : resolveLimits(profile, overrides);
  return least(operators, asked ?? {});
}

/** Limits of a run: those asked for and, for the others, those of the profile `moderate`; at most `most`. */
export function limitsOfRun(most: Limits, asked: Partial<Limits>): Limits {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return least(most, { ...resolveLimits(), ...Object.fromEntries(given) });
}

/** Those that are asked for, at most `most`. */
export function withinMost(most: Limits, asked: Partial<Limits>): Partial<Limits> {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, Math.min(value, most[name as keyof Limits])]),
  );
}
