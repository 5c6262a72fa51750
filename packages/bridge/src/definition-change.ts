import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, type ToolDefinition } from '@org/core';

const parts = ['title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;
const longestPart = 8_192;

/** A tool as it was when a person approved it. */
export interface PinnedDefinition {
  readonly digest: string;
  /** Each part as JSON text, or its BLAKE3 where it has over 8,192 characters. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface DefinitionChange {
  readonly part: string;
  /** JSON text; left out where the tool had no such part. Text of the server: hostile. */
  readonly before?: string;
  readonly after?: string;
}

export function pin(tool: ToolDefinition): PinnedDefinition {
  const texts: Record<string, string> = {};
  for (const part of parts) {
    if (tool[part] === undefined) continue;
    const text = canonicalJson(tool[part]);
    const long = text.length > longestPart;
    texts[part] = long ? `BLAKE3 ${bytesToHex(blake3(utf8ToBytes(text)))}` : text;
  }
  return { digest: tool.digest, parts: texts };
}

/** What differs. `other` stands for what a definition has beside the parts that are used. */
export function changesSince(pinned: PinnedDefinition, tool: ToolDefinition): DefinitionChange[] {
  if (pinned.digest === tool.digest) return [];
  const now = pin(tool).parts;
  const changes: DefinitionChange[] = [];
  for (const part of parts) {
    const before = pinned.parts[part];
    const after = now[part];
    if (before === after) continue;
    changes.push({
      part,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    });
  }
  return changes.length === 0 ? [{ part: 'other' }] : changes;
}
