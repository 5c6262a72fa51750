import { randomUUID } from 'node:crypto';
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import type { ServerId } from '@org/core';
import type { LoopbackReceiver } from './loopback-receiver.ts';
import type { OAuthClient } from './server-entry.ts';
import { defaultTokenFolder, TokenFile } from './token-store.ts';

export interface OAuthOptions {
  /** Where tokens are kept; left out: the data folder of the OS's user. */
  readonly tokenFolder?: string;
  /**
   * Shows a person the page on which to agree. Left out: nobody can be asked, and only tokens that
   * are kept already are used.
   */
  readonly askUser?: (request: { readonly server: ServerId; readonly url: string }) => void;
  /** How long the person may take, in ms. Default 5 minutes. */
  readonly answerMs?: number;
}

interface Kept {
  readonly client?: StoredOAuthClientInformation;
  readonly tokens?: StoredOAuthTokens;
  readonly port?: number;
  /** What a server asked for beyond what it was given; the next connection asks for it. */
  readonly scope?: string;
}

const defaultAnswerMs = 5 * 60_000;
/** In characters; a server that wants more is not asked for. */
const longestScope = 1_000;

/**
 * The access to one server by OAuth: authorisation code with PKCE and a redirect to this machine.
 * Tokens are kept for this server's address and name alone, and are sent nowhere else.
 */
export class OAuthAccess implements OAuthClientProvider {
  readonly #server: ServerId;
  readonly #options: OAuthOptions;
  readonly #file: TokenFile;
  readonly #client: OAuthClient | undefined;
  readonly #state = randomUUID();
  #kept: Kept = {};
  #receiver: LoopbackReceiver | undefined;
  #verifier = '';
  #discovery: OAuthDiscoveryState | undefined;
  #asked: 'not' | 'waiting' | 'answered' = 'not';

  private constructor(
    server: ServerId,
    url: string,
    options: OAuthOptions,
    client: OAuthClient | undefined,
  ) {
    this.#server = server;
    this.#options = options;
    this.#client = client;
    const key = [url, server, ...(client === undefined ? [] : [client.clientId])];
    this.#file = new TokenFile(options.tokenFolder ?? defaultTokenFolder(), key);
  }

  /**
   * Undefined where there is no token and nobody to ask for one. Close it after connecting.
   * @param client of the configuration; left out: one is registered with the authorisation server
   */
  static async open(
    server: ServerId,
    url: string,
    options: OAuthOptions,
    client?: OAuthClient,
  ): Promise<OAuthAccess | undefined> {
    const access = new OAuthAccess(server, url, options, client);
    access.#kept = (await access.#file.read()) as Kept;
    if (options.askUser === undefined) return access.#kept.tokens ? access : undefined;
    const { LoopbackReceiver } = await import('./loopback-receiver.ts');
    const port = client?.callbackPort ?? access.#kept.port ?? 0;
    const isExpected = (state: string | null): boolean => state === access.#state;
    access.#receiver = await LoopbackReceiver.listen(port, isExpected);
    // A registration holds for the redirect address that it names.
    const { client: _client, ...rest } = access.#kept;
    if (access.#receiver.port !== access.#kept.port) access.#kept = rest;
    return access;
  }

  /** All that may appear in no output. */
  get secrets(): readonly string[] {
    const { tokens, client } = this.#kept;
    const given = [tokens?.access_token, tokens?.refresh_token];
    const found = [...given, client?.client_secret, this.#client?.clientSecret];
    return [...found, this.#verifier].filter((text): text is string => Boolean(text));
  }

  /** What the person's browser brought; undefined when nobody was asked. */
  async answer(signal: AbortSignal): Promise<URLSearchParams | undefined> {
    if (this.#asked !== 'waiting' || this.#receiver === undefined) return undefined;
    const late = AbortSignal.timeout(this.#options.answerMs ?? defaultAnswerMs);
    const answer = await this.#receiver.answer(AbortSignal.any([signal, late]));
    this.#asked = 'answered';
    return answer;
  }

  async close(): Promise<void> {
    await this.#receiver?.[Symbol.asyncDispose]();
    this.#receiver = undefined;
  }

  get redirectUrl(): string {
    return this.#receiver?.redirectUrl ?? 'http://127.0.0.1/callback';
  }

  get clientMetadata() {
    return {
      client_name: 'mcp-cli',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method:
        this.#client?.clientSecret === undefined ? 'none' : 'client_secret_basic',
      ...this.#scope,
    };
  }

  get #scope(): { readonly scope?: string } {
    const scope = this.#kept.scope ?? this.#client?.scope;
    return scope === undefined ? {} : { scope };
  }

  state(): string {
    return this.#state;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    if (this.#client === undefined) return this.#kept.client;
    const { clientId, clientSecret } = this.#client;
    return {
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    };
  }

  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    await this.#keep({ ...this.#kept, client });
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#kept.tokens;
  }

  async saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    await this.#keep({ ...this.#kept, tokens });
  }

  async #keep(kept: Kept): Promise<void> {
    const port = this.#receiver?.port;
    this.#kept = { ...kept, ...(port !== undefined && { port }) };
    await this.#file.write(this.#kept);
  }

  /** @throws Error for a page that is no web page, or not secure */
  async redirectToAuthorization(url: URL): Promise<void> {
    const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) {
      throw new Error(`it names a page to agree on that is not https: ${url.protocol}`);
    }
    // Once a connection, while it is made: a server that is never content would ask for ever.
    if (this.#receiver === undefined) return this.#askLater(url.searchParams.get('scope'));
    if (this.#asked !== 'not') return;
    this.#asked = 'waiting';
    const shown = new URL(url);
    const { scope } = this.#kept;
    if (scope !== undefined) {
      shown.searchParams.set('scope', union(scope, url.searchParams.get('scope') ?? ''));
    }
    this.#options.askUser?.({ server: this.#server, url: shown.href });
  }

  /**
   * A call needs more than the token allows. Without the token the next connection asks a person for
   * all of it, at most once for the same scope.
   */
  async #askLater(scope: string | null): Promise<void> {
    if (this.#options.askUser === undefined || scope === null) return;
    const { scope: before = '' } = this.#kept;
    const wanted = union(before, scope);
    if (wanted === before || wanted.length > longestScope) return;
    const { tokens: _tokens, ...rest } = this.#kept;
    await this.#keep({ ...rest, scope: wanted });
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  async invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
    const { tokens, client } = this.#kept;
    if (scope === 'all' || scope === 'discovery') this.#discovery = undefined;
    if (scope === 'verifier') this.#verifier = '';
    if (scope === 'verifier' || scope === 'discovery') return;
    await this.#keep({
      ...(scope === 'client' && tokens && { tokens }),
      ...(scope === 'tokens' && client && { client }),
    });
  }
}

/** The scopes of both, those of the first one first. */
function union(scope: string, more: string): string {
  return [...new Set(`${scope} ${more}`.trim().split(/\s+/))].join(' ');
}
