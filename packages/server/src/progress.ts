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

/**
 * Tells the client of a run: progress by calls that have ended, where it asked for that, and log
 * lines. What it does not take as fast as it comes is folded together, so that nothing piles up.
 * @param signal aborts the run
 */
export function watchOf({ mcpReq }: ServerContext, signal: AbortSignal): RunWatch {
  const token = mcpReq._meta?.progressToken;
  const lines: { readonly level: LoggingLevel; readonly data: string }[] = [];
  let missed = 0;
  let calls = 0;
  let told = 0;
  let message = '';
  let sending = false;

  const send = async (): Promise<void> => {
    sending = true;
    try {
      while (!signal.aborted && (lines.length > 0 || (token !== undefined && told < calls))) {
        if (token !== undefined && told < calls) {
          told = calls;
          const params = { progressToken: token, progress: calls, message };
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

  const onEvent = (event: AgentRunEvent): void => {
    if (event.type === 'started') return;
    if (event.type === 'call') {
      calls++;
      const { server, tool, status } = event.call;
      message = plainText(`${server}.${tool} ${status}`).slice(0, maxLine);
    } else if (lines.length >= maxWaiting) {
      missed++;
    } else {
      const data = plainText(event.log.message.slice(0, maxLine));
      lines.push({ level: levels[event.log.level], data });
    }
    if (!sending) send();
  };
  return { signal, onEvent };
}
