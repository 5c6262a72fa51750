import { isJsonObject, type JsonObject, type ToolText } from '@org/core';
import { keyword } from '../schema-reference.ts';

/** In characters; what is beyond is not searched. */
const maxDescription = 2_000;
const maxParameters = 4_000;
const maxParameterDescription = 300;
const maxSchemas = 300;
const maxDepth = 6;

/** What is known of a tool, or of what is called as one. */
interface Described {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: JsonObject;
}

/** What a tool is found by; bounded, whatever its server says. */
export function toolText(id: number, server: string, tool: Described): ToolText {
  const names: string[] = [];
  const descriptions: string[] = [];
  collect(tool.inputSchema, names, descriptions);
  return {
    id,
    server,
    name: tool.name,
    title: tool.title?.slice(0, maxDescription) ?? '',
    description: tool.description?.slice(0, maxDescription) ?? '',
    parameters: names.join(' ').slice(0, maxParameters),
    parameterDescriptions: descriptions.join(' ').slice(0, maxParameters),
  };
}

/** Names, choices and descriptions of the parameters, those of parts of parameters included. */
function collect(schema: unknown, names: string[], descriptions: string[]): void {
  let left = maxSchemas;
  const visit = (part: unknown, depth: number): void => {
    if (!isJsonObject(part) || depth > maxDepth || left-- <= 0) return;
    const description = keyword(part, 'description');
    if (depth > 0 && typeof description === 'string') {
      descriptions.push(description.slice(0, maxParameterDescription));
    }
    const choices = keyword(part, 'enum');
    if (Array.isArray(choices)) {
      for (const choice of choices.slice(0, 50)) {
        if (typeof choice === 'string') names.push(choice.slice(0, 64));
      }
    }
    const properties = keyword(part, 'properties');
    if (isJsonObject(properties)) {
      for (const [name, property] of Object.entries(properties).slice(0, maxSchemas)) {
        names.push(name.slice(0, 128));
        visit(property, depth + 1);
      }
    }
    visit(keyword(part, 'items'), depth + 1);
    for (const combinator of ['anyOf', 'oneOf', 'allOf']) {
      const parts = keyword(part, combinator);
      if (Array.isArray(parts)) for (const one of parts.slice(0, 20)) visit(one, depth + 1);
    }
  };
  visit(schema, 0);
}
