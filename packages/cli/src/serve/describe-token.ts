import type { TokenSummary } from '@org/server';
import { plainLine } from '../plain-text.ts';

/** A line for each token: its name, its use, and what it may do. */
export function describeTokens(tokens: readonly TokenSummary[]): string {
  if (tokens.length === 0) return 'No tokens. Add one with: mcp-cli serve token add <name>';
  const width = Math.max(...tokens.map(({ name }) => name.length));
  return tokens
    .map((token) => `${token.name.padEnd(width)}  ${plainLine(describe(token))}`)
    .join('\n');
}

function describe({ revokedAt, createdAt, use, ...grant }: TokenSummary): string {
  if (revokedAt !== undefined) return `revoked ${day(revokedAt)}`;
  const { policy = {}, limits = {}, skills, approvals } = grant;
  const rules = Object.entries(policy).map(([rule, patterns]) => `${rule} ${patterns.join(' ')}`);
  const bounds = Object.entries(limits.overrides ?? {}).map(([name, most]) => `${name} ${most}`);
  return [
    `${use}, since ${day(createdAt)}`,
    ...rules,
    ...(limits.profile === undefined ? [] : [limits.profile]),
    ...bounds,
    ...(skills === undefined ? [] : [`skills ${skills.length === 0 ? 'none' : skills.join(' ')}`]),
    ...(approvals === undefined ? [] : [`approved by ${approvals}`]),
  ].join('; ');
}

function day(time: string): string {
  return time.slice(0, 10);
}
