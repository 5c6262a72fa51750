import {
  camelValue,
  type ErrorCode,
  exceededBound,
  type FieldNames,
  SandboxError,
  type ToolCallOutcome,
  type ToolDefinition,
  toCallError,
  valueBounds,
} from '@org/core';
import type { Reply } from './mcp-failure.ts';
import type { McpSession } from './mcp-session.ts';
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
      return outcomeOfResult(
        unwrap(reply.result, context.tool.outputSchema !== undefined),
        context,
      );
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

function outcomeOfResult(
  unwrapped: ReturnType<typeof unwrap>,
  context: OutcomeContext,
): ToolCallOutcome {
  if (unwrapped.kind === 'failure') return toolFailed(unwrapped.text, 'TOOL_FAILED', context);
  if (unwrapped.kind === 'tooLarge') return tooLargeOutcome(context);
  const { fieldNames } = context;
  let json = JSON.stringify(unwrapped.value);
  if (Buffer.byteLength(json) > context.resultBytes) return tooLargeOutcome(context);
  if (exceededBound(json, valueBounds) !== undefined) return tooLargeOutcome(context);
  let warning: string | undefined;
  try {
    warning = context.results.check(context.server, context.tool, unwrapped.value, fieldNames);
  } catch (error) {
    return failed(error);
  }
  let { value } = unwrapped;
  if (fieldNames !== undefined) {
    value = camelValue(value);
    json = JSON.stringify(value);
  }
  if (context.sighting !== undefined) context.sighting.result = { value, json };
  return { status: 'done', json, cached: false, ...(warning !== undefined && { warning }) };
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
