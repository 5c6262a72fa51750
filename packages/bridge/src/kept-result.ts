import type { ToolCallOutcome } from '@org/core';

type Done = Extract<ToolCallOutcome, { status: 'done' }>;

/** Begins the text of a result with blobs; JSON never begins with it. */
const mark = '#';

/** A result as a text to keep: its JSON, or with blobs `#` and JSON of both. */
export function toKept({ json, blobs }: Done): string {
  if (blobs === undefined) return json;
  const texts = [...blobs].map(([handle, bytes]) => [
    handle,
    Buffer.from(bytes).toString('base64'),
  ]);
  return mark + JSON.stringify([json, texts]);
}

export function fromKept(kept: string): Done {
  if (!kept.startsWith(mark)) return { status: 'done', json: kept, cached: true };
  const [json, texts] = JSON.parse(kept.slice(mark.length)) as [string, [string, string][]];
  const blobs = new Map(
    texts.map(([handle, text]) => [handle, Buffer.from(text, 'base64')] as const),
  );
  return { status: 'done', json, cached: true, blobs };
}
