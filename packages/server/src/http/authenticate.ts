import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { Refusal } from './answer.ts';
import { type HttpClient, localPrincipal } from './client.ts';
import { FailureRate } from './failure-rate.ts';
import { isLoopback } from './loopback.ts';
import type { TokenGrant, TokenUse } from './token-grant.ts';
import type { TokenStore } from './token-store.ts';

export interface AuthenticationOptions {
  readonly tokens: TokenStore | undefined;
  /** Whether clients on this machine need one too. */
  readonly requireToken: boolean;
  readonly failuresPerMinute: number;
  readonly log: Logger;
}

type Authentication = HttpClient | { readonly refusal: Refusal };

/** Says who sent a request, or why that is not known. */
export type Authenticate = (req: IncomingMessage, use: TokenUse) => Authentication;

/** Headers of proxies: what comes through one may come from anywhere. */
const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

export function createAuthenticate(options: AuthenticationOptions): Authenticate {
  const { tokens, requireToken, log } = options;
  const rate = new FailureRate(options.failuresPerMinute);

  const refuse = (req: IncomingMessage, message: string, challenge: string): Authentication => {
    const address = addressOf(req);
    const waitSeconds = rate.fail(address);
    if (waitSeconds !== undefined) return { refusal: tooMany(waitSeconds) };
    log.warn({ address }, `refused: ${message}`);
    const headers = { 'www-authenticate': challenge };
    return { refusal: { status: 401, reason: 'token', message, headers } };
  };

  return (req, use) => {
    const header = req.headers.authorization;
    if (header === undefined) {
      if (!requireToken && isLocal(req)) return { principal: localPrincipal };
      return refuse(req, noToken, 'Bearer');
    }
    let grant: TokenGrant | undefined;
    try {
      grant = tokens?.authenticate(bearer(header));
    } catch (error) {
      log.error({ err: error }, 'a token cannot be checked');
      return { refusal: unchecked };
    }
    if (grant === undefined) return refuse(req, wrongToken, 'Bearer error="invalid_token"');
    if (grant.use !== use) return { refusal: wrongUse };
    return { principal: grant.name, grant };
  };
}

const noToken = 'A token is needed: send it as "Authorization: Bearer <token>".';
const wrongToken = 'The token is not valid, or was revoked. Ask the operator for another one.';

const unchecked: Refusal = {
  status: 503,
  reason: 'token-file',
  message: 'The token cannot be checked now. The log of the server says why.',
};

const wrongUse: Refusal = {
  status: 403,
  reason: 'use',
  message: 'The token is for another use. Tokens are for agents, or for metrics.',
};

function tooMany(waitSeconds: number): Refusal {
  return {
    status: 429,
    reason: 'failures',
    message: 'Too many requests without a valid token.',
    headers: { 'retry-after': String(waitSeconds) },
  };
}

/** The empty text for another scheme, which is no token. */
function bearer(header: string): string {
  return /^bearer +([^\s]+)$/iu.exec(header)?.[1] ?? '';
}

function isLocal(req: IncomingMessage): boolean {
  const { remoteAddress } = req.socket;
  const isForwarded = forwarded.some((name) => Object.hasOwn(req.headers, name));
  return remoteAddress !== undefined && isLoopback(remoteAddress) && !isForwarded;
}

/** Of IPv6 the network, which one attacker has as a whole. */
function addressOf(req: IncomingMessage): string {
  const address = req.socket.remoteAddress ?? '';
  return isIP(address) === 6 && !address.startsWith('::ffff:')
    ? address.split(':').slice(0, 4).join(':')
    : address;
}
