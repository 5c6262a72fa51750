import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SandboxError } from '@org/core';
import type { HttpCaps } from './caps.ts';
import { Connections } from './connections.ts';

export interface Listeners {
  readonly addresses: readonly AddressInfo[];
  /** Open connections. */
  readonly connections: number;
  /** Takes no more connections, and closes each as soon as it is idle. Settles when none is left. */
  close(): Promise<void>;
  /** Closes what is open, whatever is under way. */
  destroy(): void;
}

export interface ListenOptions {
  /** The first one must be bound; of the others those that this machine has. */
  readonly hosts: readonly [string, ...string[]];
  readonly port: number;
  readonly caps: HttpCaps;
  /** @param proceed lets a client go on that waits before it sends the body */
  readonly onRequest: (req: IncomingMessage, res: ServerResponse, proceed: () => void) => void;
  readonly onBytes: (direction: 'in' | 'out', count: number) => void;
}

/** @throws SandboxError `USAGE`: the address or port cannot be bound */
export async function listen(options: ListenOptions): Promise<Listeners> {
  const { hosts, port, caps, onBytes } = options;
  const connections = new Connections(caps, onBytes);
  const bind = async (host: string, at: number): Promise<Server> => {
    const server = newServer(options, connections);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: at, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return server;
  };
  const [first, ...others] = hosts;
  const main = await bind(first, port).catch((cause) => notBound(first, port, cause));
  const servers = [main];
  const bound = (main.address() as AddressInfo).port;
  for (const host of others) {
    try {
      servers.push(await bind(host, bound));
    } catch (cause) {
      if (absent.includes((cause as NodeJS.ErrnoException).code ?? '')) continue;
      for (const server of servers) server.close();
      return notBound(host, bound, cause as Error);
    }
  }
  return {
    addresses: servers.map((server) => server.address() as AddressInfo),
    get connections() {
      return connections.count;
    },
    async close() {
      connections.endIdle();
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      );
    },
    destroy() {
      for (const server of servers) server.closeAllConnections();
    },
  };
}

/** An address that this machine does not have. */
const absent = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

function notBound(host: string, port: number, cause: Error): never {
  const { code } = cause as NodeJS.ErrnoException;
  throw new SandboxError('USAGE', `Cannot listen on ${host}, port ${port}: ${code}.`, {
    hint:
      code === 'EADDRINUSE'
        ? 'Something else does. End it, or take another port.'
        : 'Take an address of this machine, and a port that its user may bind.',
    cause,
  });
}

function newServer({ caps, onRequest }: ListenOptions, connections: Connections): Server {
  const server = createServer({
    maxHeaderSize: caps.headerBytes,
    headersTimeout: caps.headersMs,
    requestTimeout: Math.max(caps.requestMs, caps.headersMs),
    keepAliveTimeout: caps.idleConnectionMs,
    connectionsCheckingInterval: Math.max(10, Math.min(caps.headersMs, caps.requestMs) / 4),
    insecureHTTPParser: false,
  });
  server.on('connection', (socket: Socket) => connections.add(socket));
  server.setTimeout(caps.idleConnectionMs, (socket) => connections.onStill(socket));
  const accept = (req: IncomingMessage, res: ServerResponse, proceed: () => void) => {
    connections.onRequest(req.socket, res);
    onRequest(req, res, proceed);
  };
  server.on('request', (req, res) => accept(req, res, () => {}));
  server.on('checkContinue', (req, res) => accept(req, res, () => res.writeContinue()));
  return server;
}
