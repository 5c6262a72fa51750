import { plainText } from '@org/core';
import type { SkillMetadata, SkillTool } from './metadata.ts';
import { flagUsage, type SkillParameter, skillParameters } from './parameters.ts';

const line = (text: string): string => plainText(text).replaceAll(/\s+/gu, ' ').trim();
/** Backticks would end the code that the text is shown as. */
const code = (text: string): string => `\`${line(text).replaceAll('`', "'")}\``;

/**
 * Text of `REFERENCE.md`: parameters, result, tools and an example.
 * @param importLine how a program imports it; left out for a skill that is no program
 */
export function referenceMarkdown(metadata: SkillMetadata, importLine?: string): string {
  const { name, kind, description, tools } = metadata;
  const parts = [`# ${name}\n\n${line(description)}\n`];
  if (kind === 'program') {
    parts.push(
      parameterSection(metadata),
      resultSection(metadata),
      exampleSection(metadata, importLine),
    );
  }
  parts.push(toolSection(tools));
  return parts.join('\n');
}

function parameterSection({ parameters }: SkillMetadata): string {
  const all = skillParameters(parameters);
  if (all.length === 0) return '## Parameters\n\nNone.\n';
  const rows = all.map((one) => {
    const needed = one.required ? 'yes' : 'no';
    return `| ${code(`--${one.name}`)} | ${code(typeText(one))} | ${needed} | ${line(one.description ?? '').replaceAll('|', '\\|')} |\n`;
  });
  const schema = JSON.stringify(parameters, null, 2).replaceAll('`', '\\u0060');
  return `## Parameters

| flag | type | required | |
|---|---|---|---|
${rows.join('')}
All of them can be given at once with \`--args '{…}'\`. As JSON Schema:

\`\`\`json
${plainText(schema)}
\`\`\`
`;
}

function typeText({ type, list, choices }: SkillParameter): string {
  return `${choices?.join(', ') ?? type}${list ? ', may be repeated' : ''}`;
}

function resultSection({ result }: SkillMetadata): string {
  return `## Result\n\n${result === undefined ? 'JSON.' : code(result)}\n`;
}

function exampleSection({ name, parameters }: SkillMetadata, importLine?: string): string {
  const flags = skillParameters(parameters)
    .filter(({ required }) => required)
    .map((one) => ` ${line(flagUsage(one))}`);
  return `## Example

\`\`\`sh
mcp-cli skill run ${name}${flags.join('')}
mcp-cli skill run ${name}${flags.join('')} --json | jq .value
\`\`\`
${importLine === undefined ? '' : `\nIn a program: ${code(importLine)}.\n`}`;
}

function toolSection(tools: readonly SkillTool[]): string {
  if (tools.length === 0) return '## Tools\n\nIt calls none.\n';
  const rows = tools.map((tool) => {
    const said = line(summaryOf(tool)).slice(0, 200).replaceAll('|', '\\|').replaceAll('<', '&lt;');
    return `| ${code(`${tool.server}.${tool.tool}`)} | ${said} |\n`;
  });
  return `## Tools\n\n| tool | what its server says of it |\n|---|---|\n${rows.join('')}`;
}

/** First line of the server's description. */
function summaryOf({ parts }: SkillTool): string {
  try {
    const text: unknown = JSON.parse(parts.description ?? '""');
    return typeof text === 'string' ? (text.trim().split('\n', 1)[0] ?? '') : '';
  } catch {
    return '';
  }
}
