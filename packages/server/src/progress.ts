import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server';
import { type LogLevel, plainText } from '@org/core';
import type { AgentRunEvent, RunWatch } from './agent-host.ts';

const levels: Readonly<Record<LogLevel, LoggingLevel>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
};

/** Log lines that wait to be sent; further ones are only counted. */
const maxWaiting = 100;
const maxLine = 2_000;

/** Until it is disposed, the client is told. */
export interface ToldWatch extends RunWatch, Disposable {}

export interface WatchOptions {
  /** Aborts the run. */
  readonly signal: AbortSignal;
  /** How often the client is told that a run goes on of which there is nothing else to tell. */
  readonly heartbeatMs: number;
}

/**
 * Tells the client of a run: log lines, and where it asked for progress, calls that have ended and
 * that the run goes on. What it does not take as fast as it comes is folded together, so that
 * nothing piles up. Progress counts what there was to tell.
 */
export function watchOf(
  { mcpReq }: ServerContext,
  { signal, heartbeatMs }: WatchOptions,
): ToldWatch {
  const token = mcpReq._meta?.progressToken;
  const lines: { readonly level: LoggingLevel; readonly data: string }[] = [];
  const started = performance.now();
  let missed = 0;
  let events = 0;
  let told = 0;
  let message = '';
  let sending = false;
  let ended = false;

  const toTell = () => !ended && !signal.aborted && (lines.length > 0 || told < events);
  const send = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    try {
      while (toTell()) {
        const isNew = told < events;
        told = events;
        if (token !== undefined && isNew) {
          const params = { progressToken: token, progress: told, message };
          await mcpReq.notify({ method: 'notifications/progress', params });
        }
        const line = lines.shift();
        if (line === undefined) continue;
        await mcpReq.log(line.level, line.data, 'program');
        if (missed > 0 && lines.length === 0) {
          await mcpReq.log('notice', `${missed} more lines are not shown`, 'program');
          missed = 0;
        }
      }
    } catch {
      // A client that is gone is told nothing; its request is aborted by its transport.
    } finally {
      sending = false;
    }
  };
  const tell = (text: string): void => {
    events++;
    message = plainText(text).slice(0, maxLine);
    send();
  };
  const onEvent = (event: AgentRunEvent): void => {
    if (event.type === 'call') {
      const { server, tool, status } = event.call;
      tell(`${server}.${tool} ${status}`);
    } else if (event.type === 'log') {
      const data = plainText(event.log.message.slice(0, maxLine));
      if (lines.length < maxWaiting) lines.push({ level: levels[event.log.level], data });
      else missed++;
      send();
    }
  };
  const timer =
    token === undefined
      ? undefined
      : setInterval(() => {
          tell(`running for ${Math.round((performance.now() - started) / 1_000)} s`);
        }, heartbeatMs);
  return {
    signal,
    onEvent,
    [Symbol.dispose]: () => {
      ended = true;
      clearInterval(timer);
    },
  };
}
