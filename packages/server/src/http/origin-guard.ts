import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { SandboxError } from '@org/core';
import type { Refusal } from './answer.ts';

/** Refuses what a browser was tricked into sending. */
export interface OriginGuard {
  check(req: IncomingMessage): Refusal | undefined;
  /** Tells the browser of an origin that was allowed by name that its page may read the answer. */
  share(req: IncomingMessage, res: ServerResponse): void;
}

export interface OriginGuardOptions {
  /** Whether pages of this machine are served: no other machine reaches the server. */
  readonly loopback: boolean;
  /** Names in `Host`, without port, besides those of this machine. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

const sharing = {
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers':
    'accept, authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, traceparent, tracestate',
  'access-control-expose-headers': 'mcp-session-id, retry-after, www-authenticate',
  'access-control-max-age': '600',
} as const;

/** @throws SandboxError `USAGE`: an origin that is none, or a host with a port */
export function createOriginGuard({ loopback, hosts, origins }: OriginGuardOptions): OriginGuard {
  const hostnames = [...localhostAllowedHostnames(), ...hosts.map(parseHost)];
  const shared = new Set(origins.map(parseOrigin));
  const pages = loopback ? localhostAllowedOrigins() : [];
  return {
    check(req) {
      const [host, ...more] = req.headersDistinct.host ?? [];
      const isPlain = host !== undefined && more.length === 0 && !/[^\w.:[\]-]/u.test(host);
      if (!isPlain || !validateHostHeader(host, hostnames).ok) return wrongHost;
      const { origin } = req.headers;
      if (origin !== undefined && shared.has(origin)) return undefined;
      return validateOriginHeader(origin, pages).ok ? undefined : wrongOrigin;
    },
    share(req, res) {
      const { origin } = req.headers;
      if (origin === undefined || !shared.has(origin)) return;
      res.setHeader('access-control-allow-origin', origin);
      res.setHeader('vary', 'origin');
      for (const [name, value] of Object.entries(sharing)) res.setHeader(name, value);
    },
  };
}

const wrongHost: Refusal = {
  status: 403,
  reason: 'host',
  message: 'This server is not known by the name in the Host header. Its operator can allow it.',
};

const wrongOrigin: Refusal = {
  status: 403,
  reason: 'origin',
  message: 'Pages of this origin may not use this server. Its operator can allow the origin.',
};

/** As `URL` writes it, so that an IPv6 address has its brackets. */
export function parseHost(text: string): string {
  const name = text.includes(':') && !text.startsWith('[') ? `[${text}]` : text;
  const url = URL.parse(`http://${name}`);
  if (url !== null && url.host === url.hostname && url.pathname === '/' && !/[@?#/]/u.test(name)) {
    return url.hostname;
  }
  throw new SandboxError('USAGE', `${JSON.stringify(text)} is not the name of a host.`, {
    hint: 'Write it without scheme and port, such as mcp.example.org.',
  });
}

function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url !== null && url.origin === text && url.origin !== 'null') return text;
  throw new SandboxError('USAGE', `${JSON.stringify(text)} is not an origin.`, {
    hint: 'Write it with its scheme and without a path, such as https://app.example.org.',
  });
}
