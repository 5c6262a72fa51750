import { createTelemetry } from '@org/bridge/telemetry';
import { createLog, localPrincipal, serveOverStdio } from '@org/server';
import { createSandbox, type Sandbox } from '@org/wasm-runtime';
import { programCache } from '../cache-folder.ts';
import { exitCode } from '../exit-code.ts';
import { parseCount, parseMilliseconds } from '../flag-values.ts';
import type { ProjectTrustOptions } from '../project-trust.ts';
import { openRecording } from '../runs/recording.ts';
import { openToolbox, type Toolbox } from '../toolbox.ts';
import { usersDataFile, usersFile } from '../users-folder.ts';
import { decideHint, HostServer } from './agent-server.ts';
import { greeting } from './greeting.ts';
import { openHost } from './host.ts';
import { takeStdout } from './protocol-output.ts';
import { RepeatableCalls } from './repeatable-calls.ts';
import { mostOf, parseListen, type ServeFlags } from './serve-flags.ts';
import { inMemory } from './sessions/session-database.ts';
import { SessionStore } from './sessions/session-store.ts';
import { Shutdown } from './shutdown.ts';
import { suspendingApprover } from './suspending-approver.ts';
import { isThisCommand } from './this-command.ts';

/**
 * Serves until the client has gone, or the process is told to end.
 * @returns the exit code
 * @throws SandboxError for flags and configuration, before anything is served
 */
export async function serve(
  flags: ServeFlags,
  trust: ProjectTrustOptions,
  version: string,
): Promise<number> {
  const listen = flags.http === undefined ? undefined : parseListen(flags.http);
  const limits = mostOf(flags);
  const idleMs = parseMilliseconds('session-idle', flags['session-idle']);
  const workers = flags.workers === undefined ? undefined : parseCount('workers', flags.workers);
  const output = takeStdout();
  const log = createLog(flags['log-level'] ?? (listen === undefined ? 'warn' : 'info'));
  const onProblem = (message: string) => log.warn(message);
  const repeatable = new RepeatableCalls(() => toolbox.pinned({ principal: localPrincipal }));
  const { mayRetry } = repeatable;
  await using runs = await openRecording(
    flags.record,
    { mayRetry, onProblem: (error) => log.error({ err: error }, 'the record of a run') },
    onProblem,
  );
  await using toolbox: Toolbox = await openToolbox({
    ...{ configPath: flags.config, configOptional: true, ...trust },
    ...{ allow: flags.allow, ask: flags.ask, deny: flags.deny },
    ...{ approvals: flags['approvals-file'], approver: runs && suspendingApprover(runs) },
    ...{ skills: flags.skills, mount: flags.mount, cache: flags.cache, learn: flags.learn },
    ...{ auditPath: flags.audit, onAuditProblem: onProblem, leaveOut: isThisCommand },
    telemetry: createTelemetry(),
  });
  using sessions = new SessionStore({
    file: flags.sessions ?? (await usersDataFile('sessions.db')) ?? inMemory,
  });
  let starting: Promise<Sandbox> | undefined;
  const sandbox = (): Promise<Sandbox> => {
    if (starting === undefined) {
      starting = startSandbox(flags.cache, workers);
      starting.catch((error) => log.error({ err: error }, 'the engine does not start'));
    }
    return starting;
  };
  await using _engine = { [Symbol.asyncDispose]: async () => await closeSandbox(starting) };
  const http = listen === undefined ? undefined : await openHttp(flags);
  await using host = await openHost({
    ...{ toolbox, sandbox, sessions, runs, limits, idleMs, repeatable, onProblem },
    ...{ approvals: flags.approvals, approvalsFile: flags['approvals-file'] },
    ...{ check: flags.check, unknownCalls: flags.unknown },
    tokens: http?.tokens,
    onRunEnd: (outcome) => http?.metrics.run(outcome),
  });
  const server = new HostServer(host, {
    ...{ name: 'mcp-cli', version, decideHint },
    onProblem: (error) => log.error({ err: error }, 'a request failed'),
  });
  using shutdown = new Shutdown();
  const { servers } = toolbox.bridge;
  const greet = (urls: readonly string[]) => {
    if (process.stderr.isTTY) process.stderr.write(`${greeting(servers, urls)}\n`);
  };
  if (listen === undefined || http === undefined) {
    const connection = serveOverStdio(server, {
      ...{ principal: localPrincipal, output },
      onProblem: (error) => log.warn({ err: error }, 'a message could not be used'),
    });
    greet([]);
    await Promise.race([connection.closed, shutdown.wanted]);
    await server.close();
    await connection.close();
  } else {
    const { tokens, metrics } = http;
    const serving = await http.serveClients(listen, flags, {
      ...{ host, sandbox, server, tokens, log, metrics },
    });
    log.info({ servers }, 'serving');
    greet(serving.urls);
    await shutdown.wanted;
    await serving.close();
    await server.close();
  }
  return shutdown.isInterruption ? exitCode.interrupted : exitCode.returned;
}

/** What only clients over HTTP need; a client that waits for stdio does not wait for it. */
async function openHttp({ tokens: named }: ServeFlags) {
  const [{ createMetrics }, { openTokenStore }, { serveClients }, folder] = await Promise.all([
    import('@org/server/http'),
    import('@org/server/tokens'),
    import('./serve-http.ts'),
    named ?? usersFile('tokens'),
  ]);
  const tokens = folder === undefined ? undefined : openTokenStore(folder);
  return { serveClients, tokens, metrics: createMetrics() };
}

async function startSandbox(cache: boolean, workers: number | undefined): Promise<Sandbox> {
  return createSandbox({
    ...(workers !== undefined && { workers }),
    ...(await programCache(cache)),
  });
}

/** One that did not start needs no closing. */
async function closeSandbox(starting: Promise<Sandbox> | undefined): Promise<void> {
  const [started] = await Promise.allSettled([starting]);
  if (started.status === 'fulfilled') await started.value?.close();
}
