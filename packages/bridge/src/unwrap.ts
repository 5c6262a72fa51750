import {
  exceededBound,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  valueBounds,
} from '@org/core';

/** What a tool's reply means. */
export type Unwrapped =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** The tool says that it failed; the text is the server's. */
  | { readonly kind: 'failure'; readonly text: string }
  /** The text parses to more than may cross. */
  | { readonly kind: 'tooLarge' };

/**
 * The value of a `tools/call` result (MCP 2025-11-25, server/tools; structured content of any
 * JSON type since 2026-07-28): `isError` is a failure; else the structured content; else, when
 * all content is one text, its JSON where the tool promises some or where it is an object or
 * array, otherwise the text; else the content as it came, images, audio and links included.
 */
export function unwrap(result: JsonObject, declaresOutput: boolean): Unwrapped {
  const content = Array.isArray(result.content) ? (result.content as JsonValue[]) : [];
  if (result.isError === true) return { kind: 'failure', text: textsOf(content) };
  if (Object.hasOwn(result, 'structuredContent')) {
    const value = result.structuredContent;
    if (value !== undefined) return { kind: 'value', value };
  }
  const [only] = content;
  const text = content.length === 1 && only !== undefined ? textOf(only) : undefined;
  return text === undefined ? { kind: 'value', value: content } : parsed(text, declaresOutput);
}

function parsed(text: string, declaresOutput: boolean): Unwrapped {
  const plain: Unwrapped = { kind: 'value', value: text };
  const begin = text.trimStart().slice(0, 1);
  if (!declaresOutput && begin !== '{' && begin !== '[') return plain;
  const exceeded = exceededBound(text, valueBounds);
  if (exceeded === 'containers') return { kind: 'tooLarge' };
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return plain;
  }
  return exceeded === undefined ? { kind: 'value', value } : { kind: 'tooLarge' };
}

function textOf(block: JsonValue): string | undefined {
  if (!isJsonObject(block) || block.type !== 'text') return undefined;
  return typeof block.text === 'string' ? block.text : undefined;
}

function textsOf(content: readonly JsonValue[]): string {
  return content
    .map(textOf)
    .filter((text) => text !== undefined)
    .join('\n');
}
