import {
  type CallRecord,
  type HostAnswer,
  isJsonObject,
  type JsonValue,
  type RecordedCall,
} from '@org/core';
import { isText, isTextMap, isTexts } from './json-file.ts';

/** What came of a call, as a cassette has it. */
interface OnTape {
  readonly id: number;
  /** The answer, of a tool call. */
  readonly value?: JsonValue;
  /** The answer as text, where that is not `JSON.stringify` of a value. */
  readonly text?: string;
  /** What it rejected with. With none of the three it was not answered. */
  readonly error?: JsonValue;
  /** Of a tool call. Left out: it was not sent. */
  readonly status?: CallRecord['status'];
  readonly cached?: true;
  /** By handle, in base64. */
  readonly blobs?: Readonly<Record<string, string>>;
  readonly warning?: string;
}

/** A call of a recorded run; those of tools whose parameters are `JSON.stringify` of a value. */
export type TapedCall = OnTape &
  (
    | { readonly server: string; readonly tool: string; readonly params: JsonValue }
    | { readonly name: string; readonly args: readonly string[] }
  );

export function toTape({ id, name, args, ...rest }: RecordedCall): TapedCall {
  const { answer, record, blobs, warning, sent } = rest;
  const status = record?.status ?? (sent ? 'unknown' : undefined);
  const isTool = name === 'callTool';
  return {
    id,
    ...((isTool ? toolCall(args) : undefined) ?? { name, args }),
    ...(status !== undefined && { status }),
    ...onTape(answer, isTool),
    ...(record?.cached && { cached: true as const }),
    ...(blobs && { blobs: Object.fromEntries([...blobs].map(([key, at]) => [key, base64(at)])) }),
    ...(warning !== undefined && { warning }),
  };
}

function toolCall([server = '', tool = '', params = '']: readonly string[]) {
  const value = parsed(params);
  return value === undefined ? undefined : { server, tool, params: value };
}

/** The value that `text` is written from; undefined where it is not as we would write it. */
function parsed(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function onTape(answer: RecordedCall['answer'], isJson: boolean) {
  if (answer === undefined) return {};
  if (!answer.ok) return { error: JSON.parse(answer.error) as JsonValue };
  const { text } = answer;
  const value = isJson ? parsed(text) : undefined;
  return value === undefined ? { text } : { value };
}

export function fromTape(call: TapedCall): RecordedCall {
  const { id, status, cached = false, blobs, warning } = call;
  const name = 'name' in call ? call.name : 'callTool';
  const args = 'name' in call ? call.args : [call.server, call.tool, JSON.stringify(call.params)];
  const [server = '', tool = ''] = args;
  const answer = answerOf(call);
  const bytes = answer?.ok ? Buffer.byteLength(answer.text) : 0;
  return {
    ...{ id, name, args },
    sent: status !== undefined,
    ...(answer && { answer }),
    ...(answer && status && { record: { server, tool, status, ms: 0, bytes, cached } }),
    ...(blobs && {
      blobs: new Map(Object.entries(blobs).map(([key, at]) => [key, Buffer.from(at, 'base64')])),
    }),
    ...(warning !== undefined && { warning }),
  };
}

function answerOf({ value, text, error }: TapedCall): HostAnswer | undefined {
  if (error !== undefined) return { ok: false, error: JSON.stringify(error) };
  if (text !== undefined) return { ok: true, text };
  return value === undefined ? undefined : { ok: true, text: JSON.stringify(value) };
}

const statuses: readonly unknown[] = [undefined, 'done', 'failed', 'refused', 'unknown'];

/** Whether it has the form of a call; values in it may be anything. */
export function isTapedCall(value: JsonValue): boolean {
  if (!isJsonObject(value) || !Number.isSafeInteger(value.id)) return false;
  const { text = '', error = noError, status, blobs = {}, warning = '' } = value;
  const known = [text, warning].every(isText) && isTextMap(blobs) && statuses.includes(status);
  if (!known || !isJsonObject(error) || !isText(error.code) || !isText(error.message)) return false;
  if (value.name !== undefined) return isText(value.name) && isTexts(value.args);
  return isText(value.server) && isText(value.tool) && value.params !== undefined;
}

const noError = { code: '', message: '' };
