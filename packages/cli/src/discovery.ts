import type { ToolPattern } from '@org/bridge';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  SandboxError,
  type ServerCatalog,
  type ServerId,
  type ToolDefinition,
  type ToolName,
} from '@org/core';
import { visibleText } from './plain-text.ts';

/** A call that may be made to learn from its result. */
export interface SampleCall {
  readonly server: ServerId;
  readonly tool: ToolName;
  readonly params: JsonObject;
  /** By the operator's word or a trusted annotation; others are confirmed one by one. */
  readonly readOnly: boolean;
}

export interface SkippedTool {
  readonly server: string;
  readonly tool: string;
  readonly reason: string;
}

export interface DiscoveryPlan {
  readonly calls: readonly SampleCall[];
  readonly skipped: readonly SkippedTool[];
}

export interface PlanOptions {
  readonly catalogs: readonly ServerCatalog[];
  /** What to learn; empty: everything. */
  readonly targets: readonly ToolPattern[];
  /** For the one tool that the targets name. */
  readonly args: JsonValue | undefined;
  /** The policy's, by `<server>.<tool>`. */
  readonly samples: ReadonlyMap<string, readonly JsonValue[]>;
  isReadOnly(server: ServerId, tool: ToolDefinition): boolean;
}

/**
 * The calls that can be made to learn types of results, and why others cannot.
 * @throws SandboxError `USAGE`: a target without a tool, or arguments that fit no call
 */
export function planDiscovery(options: PlanOptions): DiscoveryPlan {
  const { catalogs, targets, args, samples } = options;
  const wanted = catalogs.flatMap(({ server, tools }) =>
    tools
      .filter(
        ({ name }) => targets.length === 0 || targets.some((one) => one.matches(server, name)),
      )
      .map((tool) => ({ server, tool })),
  );
  if (args !== undefined && wanted.length !== 1) {
    throw new SandboxError('USAGE', `--args is for one tool, not for ${wanted.length}.`, {
      hint: 'Name one, such as github.get_issue.',
    });
  }
  for (const target of targets) {
    if (wanted.some(({ server, tool }) => target.matches(server, tool.name))) continue;
    throw new SandboxError('USAGE', `No tool is called ${visibleText(target.text)}.`, {
      hint: 'See mcp-cli introspect for the tools of a server.',
    });
  }
  const calls: SampleCall[] = [];
  const skipped: SkippedTool[] = [];
  for (const { server, tool } of wanted) {
    const name = `${server}.${tool.name}`;
    const named = targets.some((one) => !one.everyTool && one.matches(server, tool.name));
    const readOnly = options.isReadOnly(server, tool);
    const lists = args === undefined ? samples.get(name) : [args].flat();
    const list = lists ?? (needsParams(tool) ? undefined : [{}]);
    const reason = whyNot(tool, { safe: readOnly || named, hasParams: list !== undefined });
    if (reason !== undefined) skipped.push({ server, tool: tool.name, reason });
    else
      for (const params of list ?? []) {
        calls.push({ server, tool: tool.name, params: asParams(params, name), readOnly });
      }
  }
  return { calls, skipped: [...skipped, ...unknownSamples(catalogs, samples)] };
}

function whyNot(
  { outputSchema, requiresTask }: ToolDefinition,
  { safe, hasParams }: { readonly safe: boolean; readonly hasParams: boolean },
): string | undefined {
  if (outputSchema !== undefined) return 'it declares the type of its results';
  if (requiresTask) return 'it only runs as a task';
  if (!safe) return 'nobody says that it only reads; name it to be asked about it';
  if (!hasParams) return 'it needs parameters: --args, or "discover" in the policy';
  return undefined;
}

function needsParams({ inputSchema }: ToolDefinition): boolean {
  const required = Object.hasOwn(inputSchema, 'required') ? inputSchema.required : undefined;
  return Array.isArray(required) && required.length > 0;
}

function asParams(value: JsonValue, name: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new SandboxError('USAGE', `The parameters of ${name} must be an object.`, {
    hint: `Write them like --args '{"id": 1}'; several calls as a list of objects.`,
  });
}

/** Parameters for tools that these servers do not have. */
function unknownSamples(
  catalogs: readonly ServerCatalog[],
  samples: PlanOptions['samples'],
): SkippedTool[] {
  const tools = new Set(
    catalogs.flatMap(({ server, tools }) => tools.map((tool) => `${server}.${tool.name}`)),
  );
  return catalogs.flatMap(({ server }) =>
    [...samples.keys()]
      .filter((name) => name.startsWith(`${server}.`) && !tools.has(name))
      .map((name) => ({
        server,
        tool: name.slice(server.length + 1),
        reason: 'the server has no such tool',
      })),
  );
}
