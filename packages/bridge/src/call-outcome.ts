import {
  type Blobs,
  camelValue,
  type ErrorCode,
  exceededBound,
  type FieldNames,
  type JsonObject,
  type JsonValue,
  methodOf,
  SandboxError,
  type ToolCallOutcome,
  type ToolDefinition,
  toCallError,
  valueBounds,
} from '@org/core';
import { BlobTaker, base64Length } from './blobs.ts';
import type { Reply } from './mcp-failure.ts';
import type { McpSession } from './mcp-session.ts';
import { resultValue } from './method-request.ts';
import type { Sighting } from './observed-calls.ts';
import { capText } from './redact.ts';
import type { ResultChecks } from './result-check.ts';
import type { ResolvedServer } from './server-entry.ts';
import { describeConnectFailure, describeLostCall } from './server-report.ts';
import { unwrap } from './unwrap.ts';

const messageCharacters = 4_000;
const invalidParams = -32_602;

export interface OutcomeContext {
  readonly server: ResolvedServer;
  readonly session: McpSession;
  readonly tool: ToolDefinition;
  readonly results: ResultChecks;
  readonly resultBytes: number;
  readonly callMs: number;
  readonly sighting?: Sighting | undefined;
  readonly fieldNames?: FieldNames | undefined;
}

/** How long a reply may be reused by its server's word (MCP 2026-07-28, CacheableResult). */
export function freshness(reply: Reply): { readonly ttlMs?: number } {
  if (reply.kind !== 'result' || !Object.hasOwn(reply.result, 'ttlMs')) return {};
  const { ttlMs } = reply.result;
  return { ttlMs: typeof ttlMs === 'number' ? ttlMs : 0 };
}

export function failed(error: unknown): ToolCallOutcome {
  return { status: 'failed', error: toCallError(error) };
}

export function refused(error: SandboxError): ToolCallOutcome {
  return { status: 'refused', error: toCallError(error) };
}

/** What a reply is to the program that made the call. */
export function outcomeOf(reply: Reply, context: OutcomeContext): ToolCallOutcome {
  const { server } = context;
  switch (reply.kind) {
    case 'result':
      return outcomeOfResult(reply.result, context);
    case 'rejected':
      return toolFailed(
        reply.message,
        reply.rpcCode === invalidParams ? 'INVALID_PARAMS' : 'TOOL_FAILED',
        context,
      );
    case 'tooLarge':
      return tooLargeOutcome(context);
    case 'unsent':
      return failed(
        describeConnectFailure(server, context.session.report(), {
          ...reply.failure,
          wasConnected: true,
        }),
      );
    case 'unanswered':
      return unknown(reply.why, context);
  }
}

function outcomeOfResult(result: JsonObject, context: OutcomeContext): ToolCallOutcome {
  const taker = new BlobTaker();
  const method = methodOf(context.tool.name);
  if (method !== undefined) {
    const value = resultValue(method, result);
    if (value === undefined) return invalidOutcome(context);
    return doneOutcome(taker.result(value), taker.blobs, context);
  }
  const unwrapped = unwrap(result, context.tool.outputSchema !== undefined);
  if (unwrapped.kind === 'failure') return toolFailed(unwrapped.text, 'TOOL_FAILED', context);
  if (unwrapped.kind === 'tooLarge') return tooLargeOutcome(context);
  const { value } = unwrapped;
  // What a server structures in its own way is passed on as it came.
  const isContent = Array.isArray(value) && value === result.content;
  return doneOutcome(isContent ? taker.content(value) : value, taker.blobs, context);
}

function doneOutcome(result: JsonValue, blobs: Blobs, context: OutcomeContext): ToolCallOutcome {
  const { server, tool, results, resultBytes, sighting } = context;
  const fieldNames = methodOf(tool.name) === undefined ? context.fieldNames : undefined;
  let value = result;
  let json = JSON.stringify(value);
  let bytes = Buffer.byteLength(json);
  for (const blob of blobs.values()) bytes += base64Length(blob);
  if (bytes > resultBytes) return tooLargeOutcome(context);
  if (exceededBound(json, valueBounds) !== undefined) return tooLargeOutcome(context);
  let warning: string | undefined;
  try {
    warning = results.check(server, tool, value, fieldNames);
  } catch (error) {
    return failed(error);
  }
  if (fieldNames !== undefined) {
    value = camelValue(value);
    json = JSON.stringify(value);
  }
  if (sighting !== undefined) sighting.result = { value, json };
  return {
    status: 'done',
    json,
    cached: false,
    ...(blobs.size > 0 && { blobs }),
    ...(warning !== undefined && { warning }),
  };
}

function invalidOutcome({ tool }: OutcomeContext): ToolCallOutcome {
  return failed(
    new SandboxError(
      'RESULT_INVALID',
      `${JSON.stringify(tool.name)} was answered with something that is not its result.`,
      { hint: 'The server has a fault.' },
    ),
  );
}

function toolFailed(text: string, code: ErrorCode, context: OutcomeContext): ToolCallOutcome {
  const words = context.server.redact(text).trim();
  const { tool } = context;
  const message = words === '' ? `${JSON.stringify(tool.name)} failed without a message.` : words;
  return failed(new SandboxError(code, capText(message, messageCharacters)));
}

function tooLargeOutcome({ tool, resultBytes }: OutcomeContext): ToolCallOutcome {
  return failed(
    new SandboxError(
      'RESULT_TOO_LARGE',
      `${JSON.stringify(tool.name)} was carried out, but its result has over ${resultBytes} bytes, too many parts, or too much nesting.`,
      { hint: 'Ask for less, for example with a filter, a limit or page by page.' },
    ),
  );
}

function unknown(
  why: Extract<Reply, { kind: 'unanswered' }>['why'],
  { server, session, tool, callMs }: OutcomeContext,
): ToolCallOutcome {
  const call = `The call of ${JSON.stringify(tool.name)} on server ${JSON.stringify(server.id)}`;
  const open = 'Whether it took effect is not known.';
  const hint = 'Check its effect before you call it again.';
  const error = {
    timeout: () =>
      new SandboxError('CALL_TIMEOUT', `${call} was not answered within ${callMs} ms. ${open}`, {
        hint,
      }),
    aborted: () =>
      new SandboxError('ABORTED', `${call} was cancelled while it was under way. ${open}`),
    garbled: () =>
      new SandboxError(
        'CALL_UNKNOWN',
        `${call} was answered with something that is no MCP reply. ${open}`,
        { hint },
      ),
    lost: () =>
      describeLostCall(server, session.report(), {
        message: `${call} was sent and never answered. ${open}`,
        hint,
      }),
  }[why]();
  return { status: 'unknown', error: toCallError(error) };
}
