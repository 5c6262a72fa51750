import type { BridgeCaps } from '@org/bridge';
import type { Behaviour } from './behaviour.ts';
import type { Exchange } from './web-server.ts';

/** The one way in which it may end. */
export type ServerEnd =
  /** Its tools cannot be had. */
  | { readonly unavailable: string }
  /** Its tools, as the catalog has them; programs import them all. */
  | { readonly offers: readonly string[]; readonly rejected?: number }
  /** What the call of `t` gives to a program. */
  | { readonly returned: unknown }
  | { readonly threw: string };

/** Servers that have to end alike, by what they try. */
export interface ServerGroup<Server> {
  readonly end: ServerEnd;
  readonly caps?: Partial<BridgeCaps>;
  readonly servers: Readonly<Record<string, Server>>;
}

export type StdioGroup = ServerGroup<Behaviour>;
export type WebGroup = ServerGroup<Exchange>;
