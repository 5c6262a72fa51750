import {
  type CallPreviewer,
  type ContentFilter,
  camelSchema,
  type FieldNames,
  type ServerCatalog,
  type ServerId,
  type ToolDefinition,
} from '@org/core';
import { putBlobs } from './blobs.ts';
import type { BridgeCaps } from './bridge-caps.ts';
import { deniedTool, findTool } from './lookup.ts';
import type { PolicyDecision } from './policy.ts';
import type { Connected } from './server-connection.ts';
import { checkParams, parseParams } from './tool-params.ts';
import type { TraitsOfTools } from './tool-traits.ts';

/** What of a bridge decides on a call. */
export interface PreviewParts {
  readonly caps: BridgeCaps;
  readonly traits: TraitsOfTools;
  readonly filter: ContentFilter | undefined;
  use(server: string, signal: AbortSignal): Promise<Connected & Disposable>;
  pinned(catalog: ServerCatalog): ServerCatalog;
  decide(server: ServerId, tool: ToolDefinition): PolicyDecision;
  fieldNames(server: string): FieldNames | undefined;
}

/** The way of a call up to the person who is asked. */
export function previewCall(parts: PreviewParts): CallPreviewer['preview'] {
  const { caps, traits, filter } = parts;
  return async (call, { signal, context }) => {
    const passage = filter?.forCall(call.server, call.tool, context);
    const paramsJson = passage?.incoming(call.paramsJson) ?? call.paramsJson;
    const params = parseParams(paramsJson, caps.paramsBytes);
    const { sent } = putBlobs(params, call.blobs, caps.blobBytes);
    using connected = await parts.use(call.server, signal);
    const server = call.server as ServerId;
    const tool = findTool(parts.pinned(connected.catalog), call.tool);
    const decision = parts.decide(server, tool);
    if (decision.action === 'deny') throw deniedTool(server, tool.name, decision.because);
    checkParams(tool, sent);
    const { outputSchema } = tool;
    const fieldNames = parts.fieldNames(server);
    return {
      tool,
      ...(outputSchema && {
        resultSchema: fieldNames === undefined ? outputSchema : camelSchema(outputSchema),
      }),
      readOnly: traits.of(server, tool).readOnly,
    };
  };
}
