import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { defaultExport, type Node, programDoc, type Syntax } from './syntax.ts';
import { typeSchema } from './type-schema.ts';

/** What a program says of itself. */
export interface ProgramSignature {
  /** JSON Schema of its parameters; `{}` where any value fits. */
  readonly parameters: JsonObject;
  /** Text of the type of its result, where it is written there. */
  readonly result?: string;
  /** JSON Schema of the result, where its type is written there. */
  readonly resultSchema?: JsonObject;
  /** Of its doc comment. */
  readonly description?: string;
}

const none: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

/**
 * Reads what a program takes and gives off its text; nothing of it is run. An exported literal
 * `parameters` that is a JSON Schema comes first, then the type of the first parameter of the default
 * export. Names that are taken out of a parameter without a type may have any value.
 */
export function programSignature(syntax: Syntax): ProgramSignature {
  const exported = defaultExport(syntax);
  const description = programDoc(syntax);
  const result = resultType(exported);
  return {
    parameters: exportedSchema(syntax) ?? parameterSchema(syntax, exported),
    ...(result !== undefined && {
      result: syntax.text.slice(result.start, result.end).slice(0, 2_000),
      resultSchema: typeSchema(syntax, result),
    }),
    ...(description !== undefined && { description }),
  };
}

const isFunction = (node: Node | undefined): boolean =>
  node !== undefined && /^(?:Arrow)?Function/u.test(node.type);

function parameterSchema(syntax: Syntax, exported: Node | undefined): JsonObject {
  if (exported === undefined || !isFunction(exported)) {
    return exported?.type === 'Identifier' ? {} : none;
  }
  const [parameter] = exported.params as Node[];
  if (parameter === undefined) return none;
  const target: Node = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  const annotation: Node | undefined =
    target.typeAnnotation?.typeAnnotation ?? parameter.typeAnnotation?.typeAnnotation;
  if (annotation !== undefined) return withDefaults(typeSchema(syntax, annotation), target);
  return target.type === 'ObjectPattern' ? untyped(target) : {};
}

/** Properties with a default in the pattern can be left out, whatever the type says. */
function withDefaults(schema: JsonObject, target: Node): JsonObject {
  if (target.type !== 'ObjectPattern' || !isJsonObject(schema.properties)) return schema;
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

function untyped(pattern: Node): JsonObject {
  const properties: Record<string, JsonValue> = {};
  const required: string[] = [];
  for (const { type, key, value } of pattern.properties as Node[]) {
    if (type === 'RestElement' || typeof key?.name !== 'string') return {};
    const fallback = value?.type === 'AssignmentPattern' ? literalValue(value.right) : undefined;
    const known = ['string', 'number', 'boolean'].includes(typeof fallback);
    properties[key.name] = {
      ...(known && { type: typeof fallback }),
      ...(fallback !== undefined && { default: fallback }),
    };
    if (value?.type !== 'AssignmentPattern') required.push(key.name);
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
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
export function literalValue(node: Node | undefined): JsonValue | undefined {
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
