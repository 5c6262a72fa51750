import { type ErrorCode, SandboxError } from '@org/core';
import { capText } from './redact.ts';
import type { ResolvedServer } from './server-entry.ts';
import type { ProcessEnd } from './server-process.ts';

/** What is known of a server's process; the text is the server's own, as it wrote it. */
export interface ServerReport {
  readonly end?: ProcessEnd;
  /** Why we ended it ourselves. */
  readonly dropped?: string;
  readonly stderrTail?: string;
}

/** Why a connection could not be made. Each field is set where it is known. */
export interface ConnectFailure {
  readonly timedOutMs?: number;
  /** Code of the operating system, such as `ENOENT`. */
  readonly systemCode?: string;
  readonly httpStatus?: number;
  /** What became of asking for access, where that failed. */
  readonly accessFailure?: string;
  /** When the server wants to be asked again. */
  readonly retryAfterMs?: number;
  /** The connection was made once, and is lost now. */
  readonly wasConnected?: boolean;
  readonly message: string;
}

const messageCharacters = 300;

/** `SERVER_UNAVAILABLE` for a server that could not be connected to, or not any more. */
export function describeConnectFailure(
  server: ResolvedServer,
  report: ServerReport,
  failure: ConnectFailure,
): SandboxError {
  const { what, hint, retryable } = explain(server, report, failure);
  const message = `Cannot use server ${JSON.stringify(server.id)}: ${what}.`;
  const { retryAfterMs } = failure;
  const words = { message, hint, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return withLastWords('SERVER_UNAVAILABLE', words, server, report);
}

/** `CALL_UNKNOWN` for a call whose server ended, or lost it: how, and its last lines on stderr. */
export function describeLostCall(
  server: ResolvedServer,
  report: ServerReport,
  words: { readonly message: string; readonly hint: string },
): SandboxError {
  if (report.end === undefined) {
    return new SandboxError('CALL_UNKNOWN', words.message, { hint: words.hint });
  }
  const message = `${words.message} ${capitalised(processEnd(server, report))}.`;
  return withLastWords('CALL_UNKNOWN', { ...words, message }, server, report);
}

interface Words {
  readonly message: string;
  readonly hint: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** What the server wrote last comes last, behind the hint, because it can be many lines. */
function withLastWords(
  code: ErrorCode,
  { message, hint, ...flags }: Words,
  server: ResolvedServer,
  { stderrTail = '' }: ServerReport,
): SandboxError {
  const last = server.redact(stderrTail).trim();
  if (last === '') return new SandboxError(code, message, { hint, ...flags });
  const lines = last.replaceAll(/^/gm, '  ');
  return new SandboxError(code, `${message} ${hint}\nIts last lines on stderr:\n${lines}`, flags);
}

interface Explanation {
  readonly what: string;
  readonly hint: string;
  readonly retryable: boolean;
}

function explain(
  server: ResolvedServer,
  report: ServerReport,
  failure: ConnectFailure,
): Explanation {
  if (failure.timedOutMs !== undefined) {
    const hint =
      server.type === 'stdio'
        ? 'Run the command by hand to see whether it waits for something, or raise the limit.'
        : 'Check that the URL is the one of its MCP endpoint.';
    return { what: `no answer within ${failure.timedOutMs} ms`, hint, retryable: true };
  }
  return server.type === 'stdio'
    ? explainProcess(server, report, failure)
    : explainHttp(server, failure);
}

function explainProcess(
  server: ResolvedServer & { type: 'stdio' },
  report: ServerReport,
  { systemCode, message, wasConnected }: ConnectFailure,
): Explanation {
  const command = JSON.stringify(server.shownCommand);
  const fixed = (what: string, hint: string): Explanation => ({ what, hint, retryable: false });
  switch (systemCode) {
    case 'ENOENT':
      return fixed(
        `the command ${command} was not found`,
        'Install it, or correct "command" in the server configuration.',
      );
    case 'ENOCWD':
      return fixed(
        `the folder that the command ${command} should run in does not exist`,
        'Correct "cwd" in the server configuration.',
      );
    case 'EACCES':
      return fixed(
        `the command ${command} may not be executed`,
        'Make the file executable, or correct "command" in the server configuration.',
      );
  }
  if (wasConnected) {
    return {
      what: report.end === undefined ? 'the connection is closed' : processEnd(server, report),
      hint: 'It is started again at the next call.',
      retryable: true,
    };
  }
  if (report.end !== undefined) {
    return fixed(
      processEnd(server, report),
      'Run the command by hand to see what it needs, and correct the server configuration.',
    );
  }
  return fixed(
    `the command ${command} does not answer as an MCP server: ${shown(server, message)}`,
    'Check "command" and "args" in the server configuration.',
  );
}

function explainHttp(
  server: ResolvedServer & { type: 'http' | 'sse' },
  { systemCode, httpStatus, accessFailure, message }: ConnectFailure,
): Explanation {
  if (httpStatus === 401 || httpStatus === 403) {
    const failed =
      accessFailure === undefined ? '' : `, and gave none: ${shown(server, accessFailure)}`;
    return {
      what: `it refused the access (HTTP status ${httpStatus})${failed}`,
      hint: 'Give it valid credentials in "headers" of the server configuration, or, if it asks for OAuth, use it once from a terminal.',
      retryable: false,
    };
  }
  if (httpStatus !== undefined) {
    return {
      what: `it answered with HTTP status ${httpStatus}: ${shown(server, message)}`,
      hint: 'Check that the URL is the one of its MCP endpoint.',
      retryable:
        httpStatus === 429 || (httpStatus >= 500 && httpStatus !== 501 && httpStatus !== 505),
    };
  }
  if (systemCode !== undefined) {
    return {
      what: `its address cannot be reached (${systemCode})`,
      hint: 'Start the server, or correct "url" in the server configuration.',
      retryable: true,
    };
  }
  return {
    what: `it does not answer as an MCP server: ${shown(server, message)}`,
    hint: 'Check that the URL is the one of its MCP endpoint.',
    retryable: false,
  };
}

function processEnd(server: ResolvedServer, { end, dropped }: ServerReport): string {
  const command =
    server.type === 'stdio' ? `the command ${JSON.stringify(server.shownCommand)}` : 'it';
  if (dropped !== undefined) return `${command} was ended by us because ${dropped}`;
  if (end?.signal) return `${command} was ended by ${end.signal}`;
  return `${command} exited with code ${end?.code}`;
}

function shown(server: ResolvedServer, message: string): string {
  return capText(server.redact(message), messageCharacters);
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
