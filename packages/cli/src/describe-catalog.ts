import {
  counted,
  isJsonObject,
  type PromptDefinition,
  plainText,
  type ResourceDefinition,
  type ResourceTemplateDefinition,
  type ServerCatalog,
  type ServerOffer,
  type ToolDefinition,
} from '@org/core';
import { plainLine } from './plain-text.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

/** All that a server offers; `rejected` of both readings. */
export type Introspected = ServerCatalog & Omit<ServerOffer, 'rejected'>;

/** Name, and what it is. */
type Row = readonly [string, string];

/** Longer names push what is beside them to the right. */
const widestName = 40;

/** `(query, limit?)`: required names first. */
function signature(names: readonly (readonly [name: string, required: boolean])[]): string {
  const sorted = [...names].sort(([, one], [, other]) => Number(other) - Number(one));
  return `(${sorted.map(([name, required]) => (required ? name : `${name}?`)).join(', ')})`;
}

function parameters({ inputSchema }: ToolDefinition): string {
  const { properties } = inputSchema;
  if (!isJsonObject(properties)) return '()';
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  return signature(Object.keys(properties).map((name) => [name, required.includes(name)]));
}

function firstLine(text: string | undefined): string {
  const [first = ''] = plainText(text ?? '')
    .trim()
    .split('\n');
  return first;
}

const ofTool = (tool: ToolDefinition): Row => [
  plainLine(`${tool.name}${parameters(tool)}`),
  firstLine(tool.description ?? tool.title),
];

function ofResource(one: Omit<ResourceDefinition, 'uri'>, key: string): Row {
  const { name, title, description, mimeType, size } = one;
  const words = [title ?? (name === key ? '' : name), firstLine(description)];
  const facts = [mimeType, size === undefined ? undefined : counted(size, 'byte')];
  const shown = facts.filter((fact) => fact !== undefined).join(', ');
  const text = words.filter((word) => word !== '').join(': ');
  return [plainLine(key), plainLine(shown === '' ? text : `${text} [${shown}]`)];
}

const ofTemplate = (template: ResourceTemplateDefinition): Row =>
  ofResource(template, template.uriTemplate);

const ofPrompt = (prompt: PromptDefinition): Row => {
  const names = prompt.arguments.map(({ name, required }) => [name, required] as const);
  return [
    plainLine(`${prompt.name}${signature(names)}`),
    firstLine(prompt.description ?? prompt.title),
  ];
};

function table(rows: readonly Row[], columns: number): string[] {
  const width = Math.min(widestName, Math.max(0, ...rows.map(([name]) => textWidth(name))));
  return rows.map(([name, text]) =>
    cutToWidth(`  ${padToWidth(name, width)}  ${text}`.trimEnd(), columns),
  );
}

/** What a server offers, a line each, for a terminal of `columns`; unlimited when piped. */
export function describeCatalog(
  catalog: Introspected,
  folder: string,
  columns: number = Infinity,
): string {
  const { server, serverInfo, protocolVersion, tools, rejected } = catalog;
  const others = [
    ['resource', catalog.resources.map((one) => ofResource(one, one.uri))],
    ['resource template', catalog.resourceTemplates.map(ofTemplate)],
    ['prompt', catalog.prompts.map(ofPrompt)],
  ] as const;
  const counts = others.filter(([, rows]) => rows.length > 0);
  const what = [['tool', tools] as const, ...counts].map(([one, all]) => counted(all.length, one));
  const lines = [
    plainLine(
      `${server}: ${what.join(', ')} (${serverInfo.name} ${serverInfo.version}, MCP ${protocolVersion})`,
    ),
    ...table(tools.map(ofTool), columns),
  ];
  for (const [one, rows] of counts) {
    lines.push(`  ${one}s:`, ...table(rows, columns - 2).map((line) => `  ${line}`));
  }
  for (const { name, reason } of rejected)
    lines.push(`  not usable: ${plainLine(`${name}: ${reason}`)}`);
  lines.push(`  import { … } from './servers/${folder}'`);
  return `${lines.join('\n')}\n`;
}
