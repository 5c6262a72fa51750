import type { HostCall } from '@org/core';
import { createLog, localPrincipal, openTokenStore, serveOverStdio } from '@org/server';
import { createSandbox } from '@org/wasm-runtime';
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
import { mostOf, parseListen, type ServeFlags } from './serve-flags.ts';
import { inMemory } from './sessions/session-database.ts';
import { SessionStore } from './sessions/session-store.ts';
import { Shutdown } from './shutdown.ts';
import { suspendingApprover } from './suspending-approver.ts';

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
  const mayRetry = (_call: HostCall) => false;
  await using runs = await openRecording(flags.record, { mayRetry }, onProblem);
  await using toolbox: Toolbox = await openToolbox({
    ...{ configPath: flags.config, configOptional: true, ...trust },
    ...{ allow: flags.allow, ask: flags.ask, deny: flags.deny },
    ...{ approvals: flags['approvals-file'], approver: runs && suspendingApprover(runs) },
    ...{ skills: flags.skills, mount: flags.mount, cache: flags.cache, learn: flags.learn },
    ...{ auditPath: flags.audit, onAuditProblem: onProblem },
  });
  using sessions = new SessionStore({
    file: flags.sessions ?? (await usersDataFile('sessions.db')) ?? inMemory,
  });
  // Its threads start while the client says hello.
  const sandbox = createSandbox({
    ...(workers !== undefined && { workers }),
    ...(await programCache(flags.cache)),
  });
  sandbox.catch((error) => log.error({ err: error }, 'the engine does not start'));
  await using _closing = { [Symbol.asyncDispose]: async () => (await sandbox).close() };
  const tokensFolder = flags.tokens ?? (await usersFile('tokens'));
  const tokens = tokensFolder === undefined ? undefined : openTokenStore(tokensFolder);
  await using host = await openHost({
    ...{ toolbox, sandbox, sessions, runs, tokens, limits, idleMs, mayRetry, onProblem },
    ...{ approvals: flags.approvals, approvalsFile: flags['approvals-file'] },
    ...{ check: flags.check, unknownCalls: flags.unknown },
  });
  const server = new HostServer(host, {
    ...{ name: 'mcp-cli', version, decideHint },
    onProblem: (error) => log.error({ err: error }, 'a request failed'),
  });
  using shutdown = new Shutdown();
  const connection = serveOverStdio(server, {
    ...{ principal: localPrincipal, output },
    onProblem: (error) => log.warn({ err: error }, 'a message could not be used'),
  });
  if (process.stderr.isTTY) {
    process.stderr.write(`${greeting(toolbox.bridge.servers, [])}\n`);
  }
  await Promise.race([connection.closed, shutdown.wanted]);
  await server.close();
  await connection.close();
  return shutdown.isInterruption ? exitCode.interrupted : exitCode.returned;
}
