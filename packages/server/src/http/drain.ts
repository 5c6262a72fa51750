import type { HttpOptions } from './http-options.ts';
import type { Listeners } from './listen.ts';
import type { McpEndpoint } from './mcp-endpoint.ts';

/** How long suspending runs, and then writing the last answers, may take. */
const suspendMs = 5_000;
const flushMs = 1_000;

/**
 * Lets the requests under way end, suspends the runs of those that are left after `graceMs`, and closes
 * everything. New connections are taken until then: answers of people to questions of runs, and
 * cancellations, come on those; new work is refused.
 */
export async function drain(
  endpoint: McpEndpoint,
  listeners: Listeners,
  { log, suspendRuns }: HttpOptions,
  graceMs: number,
): Promise<void> {
  log.info({ requests: endpoint.inFlight, graceMs }, 'draining');
  const idle = endpoint.drain();
  if (!(await settlesWithin(idle, graceMs))) {
    log.warn({ requests: endpoint.inFlight }, 'suspending the runs that are left');
    const suspended = suspendRuns().then(
      () => idle,
      (err) => log.error({ err }, 'runs could not be suspended'),
    );
    await settlesWithin(suspended, suspendMs);
  }
  const ended = listeners.close();
  await settlesWithin(Promise.all([endpoint.close(), ended]), flushMs);
  listeners.destroy();
  await ended;
}

/** Whether `promise` settles in time. */
function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: settled, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  promise.then(
    () => resolve(true),
    () => resolve(true),
  );
  return settled.finally(() => clearTimeout(timer));
}
