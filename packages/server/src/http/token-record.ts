import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Limits,
  resolveLimits,
} from '@org/core';
import type { ApprovalRule } from '../agent-host.ts';
import type { GrantedLimits, GrantedPolicy, TokenGrant, TokenUse } from './token-grant.ts';

/** What is kept of a token. */
export interface TokenRecord {
  readonly grant: TokenGrant;
  readonly createdAt: string;
  /** Of the secret, as hexadecimal text; left out when the token was revoked. */
  readonly sha256?: string;
  readonly revokedAt?: string;
}

const uses: readonly TokenUse[] = ['agents', 'metrics'];
const approvalRules: readonly ApprovalRule[] = ['operator', 'client', 'agent'];

export function tokenRecordText({ grant, ...rest }: TokenRecord): string {
  return `${JSON.stringify({ version: 1, ...grant, ...rest }, null, 2)}\n`;
}

/** Undefined for what is no record of ours: nothing in it is believed then. */
export function parseTokenRecord(text: string): TokenRecord | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) && value.version === 1 ? record(value) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Error for a member of another shape */
function record(value: JsonObject): TokenRecord {
  const { version: _, name, use, policy, limits, skills, approvals, ...rest } = value;
  const { createdAt, sha256, revokedAt, ...unknown } = rest;
  if (Object.keys(unknown).length > 0) throw new Error('unknown member');
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/u.test(text(sha256))) throw new Error('sha256');
  return {
    grant: {
      name: text(name),
      use: oneOf(uses, use),
      ...(policy !== undefined && { policy: policyOf(policy) }),
      ...(limits !== undefined && { limits: limitsOf(limits) }),
      ...(skills !== undefined && { skills: texts(skills) }),
      ...(approvals !== undefined && { approvals: oneOf(approvalRules, approvals) }),
    },
    createdAt: text(createdAt),
    ...(sha256 !== undefined && { sha256: text(sha256) }),
    ...(revokedAt !== undefined && { revokedAt: text(revokedAt) }),
  };
}

function policyOf(value: JsonValue): GrantedPolicy {
  const { allow, ask, deny, ...unknown } = object(value);
  if (Object.keys(unknown).length > 0) throw new Error('unknown rule');
  return {
    ...(allow !== undefined && { allow: texts(allow) }),
    ...(ask !== undefined && { ask: texts(ask) }),
    ...(deny !== undefined && { deny: texts(deny) }),
  };
}

function limitsOf(value: JsonValue): GrantedLimits {
  const limits = object(value) as GrantedLimits & JsonObject;
  const { profile, overrides, ...unknown } = limits;
  if (Object.keys(unknown).length > 0) throw new Error('unknown member of limits');
  const bounds =
    overrides === undefined ? undefined : (object(overrides as JsonValue) as Partial<Limits>);
  resolveLimits(profile, bounds);
  return { ...(profile !== undefined && { profile }), ...(bounds && { overrides: bounds }) };
}

function object(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new Error('not an object');
  return value;
}

function text(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw new Error('not a text');
  return value;
}

function texts(value: JsonValue): readonly string[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value.map(text);
}

function oneOf<Option extends string>(
  options: readonly Option[],
  value: JsonValue | undefined,
): Option {
  const found = options.find((option) => option === value);
  if (found === undefined) throw new Error('not an option');
  return found;
}
