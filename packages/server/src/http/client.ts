import type { TokenGrant } from './token-grant.ts';

/** Of whoever reaches the server from this machine without a token. No token can be named so. */
export const localPrincipal = 'local';

/** Whom a request was proven to come from. */
export interface HttpClient {
  /** The token's name, or `localPrincipal`. Sessions, runs and state are apart by it. */
  readonly principal: string;
  /** Left out for `localPrincipal`. */
  readonly grant?: TokenGrant;
}
