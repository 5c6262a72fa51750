import { isJsonObject, type JsonObject, type ServerCatalog, type ToolAnnotations } from '@org/core';
import { saysDeprecated } from './deprecated.ts';
import { commentText, docComment, stringLiteral } from './escape.ts';
import type { ObservedType } from './observed/observed-types.ts';
import { wholeDocs } from './schema-doc.ts';
import { keyword } from './schema-reference.ts';
import { type SchemaTypes, schemaToTypes } from './schema-to-type.ts';
import { applicators, hasAny, objectKeywords } from './schema-translator.ts';
import { shortened } from './shortened.ts';
import { renderWrapper } from './templates.ts';
import type { NamedTool } from './tool-names.ts';

/** In characters; `searchTools` shows the whole of a longer text. */
const maxDescriptionLength = 500;
const maxResultDescriptionLength = 100;
/** Of the types of one schema, in characters; the types of what is beyond are `unknown`. */
const maxTypesLength = 200_000;

/** The result of a tool, where its type is known. */
interface ResultSchema {
  readonly schema: JsonObject;
  /** How many results it was learned from; absent for one that the server declares. */
  readonly observed?: number;
}

export interface WrapperOptions {
  /** In characters, about; beyond it types are `unknown` and texts are cut. */
  readonly maxLength: number;
  /** For a tool that declares no type of its result. */
  readonly observed?: ObservedType | undefined;
  /** The server's texts are as long as they come, up to 8,000 characters each. */
  readonly whole?: boolean;
}

/**
 * Text of a tool's wrapper: one function, its types written where they stand, and declarations of
 * those that have a name. Comments are the server's text, and say so.
 */
export function wrapperText(
  catalog: ServerCatalog,
  named: NamedTool,
  { maxLength, observed, whole = false }: WrapperOptions,
): string {
  const { tool, identifier, paramsType, resultType } = named;
  const taken = new Set([identifier, paramsType, resultType]);
  const length = Math.min(maxTypesLength, maxLength);
  const docs = whole ? { docs: wholeDocs } : {};
  const types = (schema: JsonObject, name: string, isParams: boolean) =>
    schemaToTypes(schema, { name, isParams, taken, maxLength: length, ...docs });
  const result = resultSchema(named, observed);
  const params = types(tool.inputSchema, paramsType, true);
  const returned = result && types(result.schema, resultType, false);
  const takesNothing = isWithoutParams(tool.inputSchema);
  const textLength = whole ? wholeDocs.textLength : maxDescriptionLength;
  const call = [catalog.server, tool.name].map(stringLiteral);
  return renderWrapper({
    doc: wrapperDoc(named, Math.min(textLength, maxLength), result),
    identifier,
    params: parameterText(params, takesNothing),
    result: returned?.type ?? 'unknown',
    call: [...call, 'params'].join(', '),
    declarations: params.declarations + (returned?.declarations ?? ''),
  });
}

function resultSchema({ tool }: NamedTool, observed?: ObservedType): ResultSchema | undefined {
  if (tool.outputSchema !== undefined) return { schema: tool.outputSchema };
  return observed && { schema: observed.schema, observed: observed.results };
}

function parameterText(params: SchemaTypes, takesNothing: boolean): string {
  const type = takesNothing ? 'Record<string, never>' : params.type;
  return `params${params.acceptsEmptyObject ? '?' : ''}: ${type}`;
}

/** The schema lists the parameters, and there are none. */
function isWithoutParams(schema: JsonObject): boolean {
  const properties = keyword(schema, 'properties');
  if (!isJsonObject(properties) || Object.keys(properties).length > 0) return false;
  return !hasAny(schema, [
    ...applicators,
    'not',
    ...objectKeywords.filter((name) => name !== 'properties'),
  ]);
}

function wrapperDoc(
  { tool, collidesWith }: NamedTool,
  maxLength: number,
  result: ResultSchema | undefined,
): string {
  const words = tool.description ?? tool.title ?? '';
  const lines =
    words.trim() === '' || maxLength < 1
      ? []
      : commentText(shortened(words, maxLength), maxLength + 10).filter((line) => line !== '');
  if (lines.length > 0) lines[0] = `Server says: ${lines[0]}`;
  const hints = hintWords(tool.annotations);
  if (hints !== '') {
    const words = `[${hints}]`;
    if (lines.length === 1) lines[0] += ` ${words}`;
    else lines.push(words);
  }
  if (tool.requiresTask) lines.push('It only runs as a task, so a plain call of it fails.');
  if (collidesWith !== undefined) {
    lines.push(
      ...commentText(`Numbered because ${stringLiteral(collidesWith)} has the plain name.`, 1_000),
    );
  }
  const returned = result && keyword(result.schema, 'description');
  if (typeof returned === 'string' && returned.trim() !== '') {
    const words = shortened(returned, maxResultDescriptionLength);
    lines.push(
      `@returns ${commentText(words, 2 * maxResultDescriptionLength)
        .join(' ')
        .trim()}`,
    );
  }
  if (result?.observed !== undefined) lines.push(`@returns observed (${about(result.observed)})`);
  if (saysDeprecated(words)) lines.push('@deprecated');
  return docComment(lines);
}

/** A count with its first digit, from 10 on: a wrapper is not to be another one after each call. */
function about(count: number): string {
  if (count < 10) return String(count);
  const unit = 10 ** (String(count).length - 1);
  return `${Math.floor(count / unit) * unit}+`;
}

function hintWords(annotations: ToolAnnotations = {}): string {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  const words = [
    readOnlyHint === true && 'reads only',
    readOnlyHint === false && destructiveHint === true && 'may destroy',
    readOnlyHint === false && destructiveHint === false && 'only adds',
    readOnlyHint === false && idempotentHint === true && 'repeatable',
    openWorldHint === true && 'reaches outside',
  ];
  return words.filter((word) => word !== false).join(', ');
}
