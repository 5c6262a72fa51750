import { isJsonObject, plainText, type ServerCatalog, type ToolDefinition } from '@org/core';
import { plainLine } from './plain-text.ts';

/** `query, limit?`: parameter names of a tool, required ones first. */
function parameters({ inputSchema }: ToolDefinition): string {
  const { properties } = inputSchema;
  if (!isJsonObject(properties)) return '';
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const names = Object.keys(properties).map((name) =>
    required.includes(name) ? name : `${name}?`,
  );
  return names.sort((a, b) => Number(a.endsWith('?')) - Number(b.endsWith('?'))).join(', ');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** What a server offers, a tool a line, for a terminal of `columns`; unlimited when piped. */
export function describeCatalog(
  catalog: ServerCatalog,
  folder: string,
  columns: number = Infinity,
): string {
  const { server, serverInfo, protocolVersion, tools, rejected } = catalog;
  const count = tools.length === 1 ? '1 tool' : `${tools.length} tools`;
  const lines = [
    plainLine(
      `${server}: ${count} (${serverInfo.name} ${serverInfo.version}, MCP ${protocolVersion})`,
    ),
  ];
  for (const tool of tools) {
    lines.push(cut(`  ${plainLine(`${tool.name}(${parameters(tool)})`)}`, columns));
    const [first = ''] = plainText(tool.description ?? tool.title ?? '')
      .trim()
      .split('\n');
    if (first !== '') lines.push(cut(`      ${first}`, columns));
  }
  for (const { name, reason } of rejected)
    lines.push(`  not usable: ${plainLine(`${name}: ${reason}`)}`);
  lines.push(`  import { … } from './servers/${folder}'`);
  return `${lines.join('\n')}\n`;
}
