import { createHash } from 'node:crypto';
import { type Blobs, isJsonObject, type JsonObject, type JsonValue, SandboxError } from '@org/core';

/** Base64 of up to so many characters stays in its place. */
const inlineBlobChars = 16 * 1024;

const letters = 'abcdefghijklmnop';

/** See `Blobs`. Letters alone, so that no content filter takes a part of it for a number. */
function handleOf(bytes: Uint8Array): string {
  const hex = createHash('sha256').update(bytes).digest('hex').slice(0, 40);
  return `blob:${hex.replace(/./g, (digit) => letters.charAt(Number.parseInt(digit, 16)))}`;
}

export function base64Length(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / 3) * 4;
}

/** Takes long blobs out of the places where MCP has them, and puts their handles there. */
export class BlobTaker {
  readonly blobs = new Map<string, Uint8Array>();

  /** Content of a tool's result. */
  content(blocks: readonly JsonValue[]): readonly JsonValue[] {
    return blocks.map((block) => this.#block(block));
  }

  /** The result of reading a resource, or of a prompt. */
  result(result: JsonObject): JsonObject {
    const { contents, messages } = result;
    if (Array.isArray(contents)) {
      return { ...result, contents: contents.map((one) => this.#contents(one)) };
    }
    if (Array.isArray(messages)) {
      return { ...result, messages: messages.map((one) => this.#message(one)) };
    }
    return result;
  }

  #message(message: JsonValue): JsonValue {
    if (!isJsonObject(message) || !isJsonObject(message.content)) return message;
    return { ...message, content: this.#block(message.content) };
  }

  /** Images, audio, embedded resources (MCP `ContentBlock`). */
  #block(block: JsonValue): JsonValue {
    if (!isJsonObject(block)) return block;
    if (block.type === 'image' || block.type === 'audio') return this.#without(block, 'data');
    if (block.type !== 'resource' || block.resource === undefined) return block;
    return { ...block, resource: this.#contents(block.resource) };
  }

  /** Contents of a resource (MCP `BlobResourceContents`). */
  #contents(contents: JsonValue): JsonValue {
    return isJsonObject(contents) ? this.#without(contents, 'blob') : contents;
  }

  /** `size` is that of the bytes, as in a resource's definition. */
  #without(holder: JsonObject, key: 'data' | 'blob'): JsonObject {
    const text = holder[key];
    if (typeof text !== 'string' || text.length <= inlineBlobChars) return holder;
    const bytes = Buffer.from(text, 'base64');
    // What could not be put back to the letter stays as it is.
    if (bytes.toString('base64') !== text) return holder;
    const handle = handleOf(bytes);
    this.blobs.set(handle, bytes);
    return { ...holder, [key]: handle, size: bytes.length };
  }
}

/** Parameters with blobs, before and after. */
export interface BlobParams {
  /** What is sent: the blobs as base64 in the place of their handles. */
  readonly sent: JsonObject;
  /** What stands for blobs in the parameters as they were, sorted; `bytes` is the blob's size. */
  readonly put: readonly PutBlob[];
}

export interface PutBlob {
  readonly handle: string;
  readonly bytes: number;
}

/**
 * Puts blobs into parameters, for every string that is one of their handles.
 * @param maxBytes of all base64 that is put in, each time counted
 * @throws SandboxError `PARAMS_TOO_LARGE`
 */
export function putBlobs(
  params: JsonObject,
  blobs: Blobs | undefined,
  maxBytes: number,
): BlobParams {
  if (blobs === undefined || blobs.size === 0) return { sent: params, put: [] };
  const texts = new Map<string, string>();
  let bytes = 0;
  const putAll = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return putOne(value);
    if (Array.isArray(value)) return value.map(putAll);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, putAll(each)]));
  };
  const putOne = (text: string): string => {
    const blob = blobs.get(text);
    if (blob === undefined) return text;
    bytes += base64Length(blob);
    if (bytes > maxBytes) {
      throw new SandboxError(
        'PARAMS_TOO_LARGE',
        `The blobs in the parameters have over ${maxBytes} bytes as base64.`,
        { hint: 'Pass fewer or smaller ones in one call.' },
      );
    }
    const known = texts.get(text) ?? Buffer.from(blob).toString('base64');
    texts.set(text, known);
    return known;
  };
  const sent = putAll(params) as JsonObject;
  const put = [...texts.keys()].sort().map((handle) => {
    return { handle, bytes: blobs.get(handle)?.length ?? 0 };
  });
  return { sent, put };
}
