import type { JsonObject, ServerId, ToolDetail, ToolHit, ToolText } from '@org/core';
import { oneLine } from '../escape.ts';
import { type ImportableTool, nameOf, toHit } from './indexed-tools.ts';
import { toolText } from './tool-text.ts';

/** What a program can import and call that is no tool of a server, such as a skill. */
export interface Findable {
  /** As hits name it. */
  readonly server: ServerId;
  readonly name: string;
  /** Its author's. */
  readonly description: string;
  /** JSON Schema. */
  readonly parameters: JsonObject;
  /** The line that imports it. */
  readonly import: string;
}

/** One thing of those that a search looks through. */
export interface Entry {
  /** As `mcp-cli tools show` takes it. */
  readonly name: string;
  /** Left out for what is no tool. */
  readonly tool?: ImportableTool;
  /** The line that imports it, where it is no tool. */
  readonly line?: string;
  text(id: number): ToolText;
  hit(detail: ToolDetail): ToolHit;
}

const maxSummary = 300;

export function entryOfTool(tool: ImportableTool): Entry {
  const { catalog, named } = tool;
  return {
    name: nameOf(tool),
    tool,
    text: (id) => toolText(id, catalog.server, named.tool),
    hit: (detail) => toHit(tool, detail),
  };
}

export function entryOfFindable(one: Findable): Entry {
  const { server, name, description, parameters: inputSchema } = one;
  const summary = oneLine(description.split('\n', 1)[0] ?? '', maxSummary);
  return {
    name: `${server}.${name}`,
    line: one.import,
    text: (id) => toolText(id, server, { name, description, inputSchema }),
    hit: (detail) => {
      return { server, tool: name, text: detail === 'name' ? summary : `// ${summary}` };
    },
  };
}
