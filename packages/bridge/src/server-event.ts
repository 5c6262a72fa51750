import { counted, type LogLevel, type ServerId } from '@org/core';
import { capText, type Redact } from './redact.ts';

/** What a server says while nobody asked it. The text is the server's own: hostile, but plain. */
export interface ServerEvent {
  readonly server: ServerId;
  readonly kind: 'log' | 'progress';
  readonly level: LogLevel;
  /** The tool whose call goes on. */
  readonly tool?: string;
  /** At most 2,000 characters, without control characters and without this server's secrets. */
  readonly text: string;
}

const textCharacters = 2_000;
/** Read of a text before secrets are hidden and it is cut, so that no secret is cut in two. */
const readCharacters = 16_000;
const windowMs = 1_000;
const eventsPerWindow = 50;

// The eight levels of RFC 5424, which MCP uses.
const levels: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  alert: 'error',
  emergency: 'error',
};

/**
 * Passes on what one server says: at most 50 events a second. The rest of a second is counted and
 * told with the first event of a later one.
 */
export class ServerEvents {
  readonly #server: { readonly id: ServerId; readonly redact: Redact };
  readonly #onEvent: (event: ServerEvent) => void;
  #windowStart = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #dropped = 0;
  /** The tools of calls under way, by progress token. */
  readonly #watched = new Map<string, string>();
  #lastToken = 0;

  constructor(
    server: { readonly id: ServerId; readonly redact: Redact },
    onEvent: (event: ServerEvent) => void,
  ) {
    this.#server = server;
    this.#onEvent = onEvent;
  }

  /** @param data text, or any JSON value */
  log(level: string, logger: string | undefined, data: unknown): void {
    if (!this.#admit()) return;
    const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
    const known = Object.hasOwn(levels, level) ? levels[level] : undefined;
    this.#tell('log', known ?? 'info', logger === undefined ? text : `${logger}: ${text}`);
  }

  /** Begins to pass on the progress of a call of `tool`; returns the token that it needs. */
  watch(tool: string): string {
    const token = `p${++this.#lastToken}`;
    this.#watched.set(token, tool);
    return token;
  }

  unwatch(token: string): void {
    this.#watched.delete(token);
  }

  /** Progress for a token that nobody watches is passed over. */
  progress(token: string, progress: number, total?: number, message?: string): void {
    const tool = this.#watched.get(token);
    if (tool === undefined || !this.#admit()) return;
    const share = total === undefined ? `${progress}` : `${progress} of ${total}`;
    const text = message === undefined ? share : `${share}: ${message}`;
    this.#tell('progress', 'info', text, tool);
  }

  #admit(): boolean {
    const now = performance.now();
    if (now - this.#windowStart >= windowMs) {
      this.#windowStart = now;
      this.#passed = 0;
      if (this.#dropped > 0)
        this.#tell(
          'log',
          'warn',
          `${counted(this.#dropped, 'message was', 'messages were')} left out.`,
        );
      this.#dropped = 0;
    }
    this.#passed++;
    if (this.#passed <= eventsPerWindow) return true;
    this.#dropped++;
    return false;
  }

  #tell(kind: ServerEvent['kind'], level: LogLevel, text: string, tool?: string): void {
    const shown = capText(this.#server.redact(text.slice(0, readCharacters)), textCharacters);
    const { id: server } = this.#server;
    this.#onEvent({ server, kind, level, ...(tool !== undefined && { tool }), text: shown });
  }
}
