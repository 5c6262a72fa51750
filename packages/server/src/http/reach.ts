import { SandboxError } from '@org/core';
import type { HttpOptions } from './http-options.ts';
import { isLoopback } from './loopback.ts';
import { createOriginGuard, type OriginGuard, parseHost } from './origin-guard.ts';
import type { TokenStore } from './token-store.ts';

/** Who can reach the server, and what that asks for. */
export interface Reach {
  readonly hosts: readonly [string, ...string[]];
  readonly requireToken: boolean;
  readonly guard: OriginGuard;
}

/**
 * @throws SandboxError `USAGE`: other machines could reach the server and there is no token, or no name
 * for it; or a host or origin that is none
 */
export async function reachOf(options: HttpOptions): Promise<Reach> {
  const { tokens, allowedHosts = [], allowedOrigins = [] } = options;
  const { host } = options.listen;
  const isOpen = host !== undefined && !isLoopback(host);
  // Another name means that something passes on what comes from elsewhere.
  const isNamed = allowedHosts.some((name) => !isLoopback(bare(parseHost(name))));
  const requireToken = isOpen || isNamed || (options.requireToken ?? false);
  if (requireToken) await requireTokens(tokens);
  if (isOpen && isWildcard(host) && allowedHosts.length === 0) throw nameless(host);
  return {
    hosts: host === undefined ? ['127.0.0.1', '::1'] : [host],
    requireToken,
    guard: createOriginGuard({
      loopback: !isOpen && !isNamed,
      hosts: isOpen && !isWildcard(host) ? [...allowedHosts, host] : allowedHosts,
      origins: allowedOrigins,
    }),
  };
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/gu, '');
}

async function requireTokens(tokens: TokenStore | undefined): Promise<void> {
  const all = (await tokens?.list()) ?? [];
  if (all.some(({ use, revokedAt }) => use === 'agents' && revokedAt === undefined)) return;
  throw new SandboxError(
    'USAGE',
    'Others than this machine could reach the server, and no token exists.',
    {
      hint: 'Add one first: mcp-cli serve token add <name>.',
    },
  );
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}

function nameless(host: string): SandboxError {
  return new SandboxError('USAGE', `By which name clients reach ${host} is not known.`, {
    hint: 'Name it with --allow-host, such as --allow-host mcp.example.org.',
  });
}
