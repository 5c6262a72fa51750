import { createHash } from 'node:crypto';
import { type Introspect, type ServerEntry, serverIdentity } from '@org/bridge';
import { SandboxError, type ServerCatalog, type ServerId } from '@org/core';
import { DiskCache } from '@org/wasm-runtime/disk-cache';

/**
 * For servers that do not say how long their list of tools holds: a program is checked against it, so
 * one that somebody is working on should not be believed for long.
 */
const defaultTtlMs = 15 * 60_000;
/** However long a server says. */
const longestTtlMs = 7 * 24 * 3_600_000;
/** Changes whenever a catalog of before cannot be read as one of now. */
const format = 1;

interface Kept {
  readonly format: number;
  readonly identity: string;
  /** Milliseconds since 1970. */
  readonly readAt: number;
  readonly ttlMs: number;
  readonly catalog: ServerCatalog;
}

export interface CatalogCacheOptions {
  /** Left out: nothing is kept. */
  readonly folder: string | undefined;
  /** Catalogs on the disk are not good enough, except when a server cannot be reached. */
  readonly refresh?: boolean | undefined;
  /** Told of each catalog that a server has sent. */
  readonly onRead?: (() => void) | undefined;
  /** Told of each server that is asked; disposed of when it has answered. */
  readonly onWait?: ((server: ServerId) => Disposable) | undefined;
  /** Told when an old catalog has to do. */
  readonly onStale: (message: string) => void;
}

/**
 * Catalogs on the disk, by what they depend on. They serve what describes tools: search, wrappers,
 * listings. Calls are decided on the catalog of the connection that they use.
 */
export class CatalogCache {
  readonly #disk: DiskCache | undefined;
  readonly #entries: ReadonlyMap<ServerId, ServerEntry>;
  readonly #options: CatalogCacheOptions;
  readonly #served = new Map<ServerId, Date>();
  /** Servers that have sent theirs to this process. */
  readonly #asked = new Set<ServerId>();
  /** What this process has read or written: a search does not parse all catalogs anew. */
  readonly #known = new Map<ServerId, Kept>();

  constructor(entries: readonly ServerEntry[], options: CatalogCacheOptions) {
    const { folder } = options;
    if (folder !== undefined) {
      this.#disk = new DiskCache(folder, { maxBytes: 128 * 1024 * 1024, extension: '.catalog' });
    }
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#options = options;
  }

  /** The catalogs that came from the disk so far, and when they were read. */
  get served(): ReadonlyMap<ServerId, Date> {
    return this.#served;
  }

  /** `introspect`, and what it reads is kept: at a connection, and when a server tells a change. */
  keeping(introspect: Introspect): Introspect {
    return async (source) => {
      const catalog = await introspect(source);
      const ttlMs = Math.min(source.ttlMs ?? defaultTtlMs, longestTtlMs);
      this.#write(catalog, ttlMs);
      this.#options.onRead?.();
      return catalog;
    };
  }

  /**
   * The catalog on the disk while it holds, else what `read` gives; where that says that the server
   * cannot be reached, one on the disk that holds no more.
   * @throws SandboxError what `read` throws, or `VARIABLE_UNSET`
   */
  async get(server: ServerId, read: () => Promise<ServerCatalog>): Promise<ServerCatalog> {
    const kept = this.#known.get(server) ?? (await this.#read(server));
    if (kept !== undefined) this.#known.set(server, kept);
    if (kept !== undefined && !this.#options.refresh && holds(kept)) return this.#serve(kept);
    try {
      return await this.asking(server, read);
    } catch (error) {
      const isOutage = error instanceof SandboxError && error.code === 'SERVER_UNAVAILABLE';
      if (kept === undefined || !isOutage) throw error;
      const when = new Date(kept.readAt).toISOString().slice(0, 16).replace('T', ' ');
      this.#options.onStale(`${error.message} Its tools are shown as they were on ${when} UTC.`);
      return this.#serve(kept);
    }
  }

  /** What `read` gives. */
  async asking<Value>(server: ServerId, read: () => Promise<Value>): Promise<Value> {
    using _ = this.#options.onWait?.(server);
    return await read();
  }

  #serve({ catalog, readAt }: Kept): ServerCatalog {
    if (!this.#asked.has(catalog.server)) this.#served.set(catalog.server, new Date(readAt));
    return catalog;
  }

  async #read(server: ServerId): Promise<Kept | undefined> {
    const identity = this.#identity(server);
    const bytes = identity === undefined ? undefined : await this.#disk?.read(identity);
    const kept = bytes && parseKept(Buffer.from(bytes).toString());
    const isOurs = kept?.identity === identity && kept?.catalog.server === server;
    return isOurs ? kept : undefined;
  }

  #write(catalog: ServerCatalog, ttlMs: number): void {
    this.#asked.add(catalog.server);
    this.#served.delete(catalog.server);
    const identity = this.#identity(catalog.server);
    if (identity === undefined) return;
    const kept: Kept = { format, identity, readAt: Date.now(), ttlMs, catalog };
    this.#known.set(catalog.server, kept);
    const json = JSON.stringify(kept);
    this.#disk?.write(identity, Buffer.from(`${digest(json)}\n${json}`));
  }

  #identity(server: ServerId): string | undefined {
    const entry = this.#entries.get(server);
    return entry && this.#disk && serverIdentity(entry);
  }

  /** Resolves when all that was read is on the disk. */
  async settled(): Promise<void> {
    await this.#disk?.settled();
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A file that is damaged, or that something else wrote, is none. */
function parseKept(text: string): Kept | undefined {
  const json = text.slice(65);
  if (text.slice(0, 65) !== `${digest(json)}\n`) return undefined;
  const kept = JSON.parse(json) as Kept | null;
  return kept?.format === format ? kept : undefined;
}

function holds({ readAt, ttlMs }: Kept): boolean {
  const ageMs = Date.now() - readAt;
  return ageMs >= 0 && ageMs < ttlMs;
}
