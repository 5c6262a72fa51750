import type { ProgramTypes } from '@org/checker';
import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { defaultExport, type Node, programDoc, type Syntax } from './syntax.ts';

/** What a program says of itself. */
export interface ProgramSignature {
  /** JSON Schema of its parameters; `{}` where any value fits. */
  readonly parameters: JsonObject;
  /** Text of the type of its result, where it is written there. */
  readonly result?: string;
  /** JSON Schema of the result, where its type says anything. */
  readonly resultSchema?: JsonObject;
  /** Of its doc comment. */
  readonly description?: string;
}

const none: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

/**
 * What a program takes and gives; nothing of it is run. An exported literal `parameters` that is a
 * JSON Schema comes first, then the type of the first parameter of the default export.
 * @param types what the checker reads of them
 */
export function programSignature(syntax: Syntax, types: ProgramTypes): ProgramSignature {
  const exported = defaultExport(syntax);
  const description = programDoc(syntax);
  const result = resultType(exported);
  const { result: resultSchema = {} } = types;
  const takes = mayTake(exported) ? (types.parameters ?? none) : none;
  return {
    parameters: exportedSchema(syntax) ?? withDefaults(takes, exported),
    ...(result !== undefined && {
      result: syntax.text.slice(result.start, result.end).slice(0, 2_000),
    }),
    ...(exported !== undefined && Object.keys(resultSchema).length > 0 && { resultSchema }),
    ...(description !== undefined && { description }),
  };
}

const isFunction = (node: Node | undefined): boolean =>
  node !== undefined && /^(?:Arrow)?Function/u.test(node.type);

/** Not what is written as a value of another kind. */
function mayTake(exported: Node | undefined): boolean {
  return exported !== undefined && !/Literal$|^(?:Array|Object)Expression$/u.test(exported.type);
}

/** Properties with a default in the pattern can be left out, whatever the type says. */
function withDefaults(schema: JsonObject, exported: Node | undefined): JsonObject {
  const parameters: readonly Node[] = (isFunction(exported) && exported?.params) || [];
  const [parameter] = parameters;
  const target: Node | undefined =
    parameter?.type === 'AssignmentPattern' ? parameter.left : parameter;
  if (target?.type !== 'ObjectPattern' || !isJsonObject(schema.properties)) return schema;
  const properties: Record<string, JsonValue> = { ...schema.properties };
  for (const { key, value } of target.properties as Node[]) {
    const name = key?.name;
    const property = properties[name];
    if (value?.type !== 'AssignmentPattern' || !isJsonObject(property)) continue;
    const fallback = literalValue(value.right);
    if (fallback !== undefined) properties[name] = { ...property, default: fallback };
  }
  return { ...schema, properties };
}

function exportedSchema({ body }: Syntax): JsonObject | undefined {
  for (const { type, declaration } of body) {
    if (type !== 'ExportNamedDeclaration' || declaration?.type !== 'VariableDeclaration') continue;
    const found = declaration.declarations.find((one: Node) => one.id.name === 'parameters');
    if (found === undefined) continue;
    const value = literalValue(found.init);
    return isJsonObject(value) ? value : undefined;
  }
  return undefined;
}

/** The value of an expression that is JSON as it is written; undefined for all others. */
function literalValue(node: Node | undefined): JsonValue | undefined {
  switch (node?.type) {
    case 'Literal':
      return node.value === null || ['string', 'number', 'boolean'].includes(typeof node.value)
        ? node.value
        : undefined;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return literalValue(node.expression);
    case 'UnaryExpression':
      return node.operator === '-' && typeof node.argument.value === 'number'
        ? -node.argument.value
        : undefined;
    case 'ArrayExpression': {
      const values = (node.elements as (Node | null)[]).map((one) =>
        literalValue(one ?? undefined),
      );
      return values.every((value) => value !== undefined) ? values : undefined;
    }
    case 'ObjectExpression': {
      const members = (node.properties as Node[]).map(({ key, value, computed }) => [
        computed ? undefined : (key?.name ?? key?.value),
        literalValue(value),
      ]);
      const known = members.every(([key, value]) => typeof key === 'string' && value !== undefined);
      return known ? Object.fromEntries(members) : undefined;
    }
    default:
      return undefined;
  }
}

function resultType(exported: Node | undefined): Node | undefined {
  if (!isFunction(exported)) return undefined;
  const annotation: Node | undefined = exported?.returnType?.typeAnnotation;
  if (annotation === undefined) return undefined;
  const isPromise = annotation.typeName?.name === 'Promise';
  return isPromise ? annotation.typeArguments?.params?.[0] : annotation;
}
