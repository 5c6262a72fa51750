import type { JsonObject } from '@org/core';
import { docComment, type Node, type Syntax, typeDeclaration } from './syntax.ts';

/** Types within types; what is deeper may be anything. */
const maxDepth = 20;

const keywords: Readonly<Record<string, JsonObject>> = {
  TSStringKeyword: { type: 'string' },
  TSNumberKeyword: { type: 'number' },
  TSBooleanKeyword: { type: 'boolean' },
  TSNullKeyword: { type: 'null' },
  TSObjectKeyword: { type: 'object' },
};

/**
 * The JSON Schema of a type as it is written: object types, interfaces and aliases of the same file,
 * arrays, tuples, unions, literals, `Record`, `Partial`, `Array`, `readonly`. Any value fits what is
 * none of these. Doc comments become descriptions.
 */
export function typeSchema(syntax: Syntax, type: Node | undefined, depth = 0): JsonObject {
  if (type === undefined || depth > maxDepth) return {};
  const inner = (node: Node | undefined) => typeSchema(syntax, node, depth + 1);
  if (Object.hasOwn(keywords, type.type)) return keywords[type.type] as JsonObject;
  switch (type.type) {
    case 'TSParenthesizedType':
      return inner(type.typeAnnotation);
    case 'TSTypeOperator':
      return type.operator === 'readonly' ? inner(type.typeAnnotation) : {};
    case 'TSArrayType':
      return { type: 'array', items: inner(type.elementType) };
    case 'TSTupleType':
      return { type: 'array' };
    case 'TSLiteralType':
      return literal(type.literal);
    case 'TSUnionType':
      return union(type.types.map(inner));
    case 'TSTypeLiteral':
      return members(syntax, type.members, depth);
    case 'TSInterfaceBody':
      return members(syntax, type.body, depth);
    case 'TSTypeReference':
      return reference(syntax, type, depth);
    default:
      return {};
  }
}

function literal(node: Node): JsonObject {
  if (node.type === 'UnaryExpression' && typeof node.argument?.value === 'number') {
    return { const: -node.argument.value };
  }
  const { value } = node;
  const simple = ['string', 'number', 'boolean'].includes(typeof value);
  return node.type === 'Literal' && simple ? { const: value } : {};
}

function union(schemas: readonly JsonObject[]): JsonObject {
  const values = schemas.map((schema) => schema.const);
  if (values.every((value) => value !== undefined)) {
    const types = [...new Set(values.map((value) => typeof value))];
    return {
      ...(types.length === 1 && types[0] !== undefined && { type: types[0] }),
      enum: values,
    };
  }
  return schemas.some((schema) => Object.keys(schema).length === 0) ? {} : { anyOf: schemas };
}

function reference(syntax: Syntax, { typeName, typeArguments }: Node, depth: number): JsonObject {
  const name = typeName?.name;
  const [first, second] = (typeArguments?.params ?? []) as Node[];
  const inner = (node: Node | undefined) => typeSchema(syntax, node, depth + 1);
  const declared = name === undefined ? undefined : typeDeclaration(syntax, name);
  if (declared !== undefined) {
    // With parameters of its own, or with those of others, it is more than what is written there.
    if (declared.typeParameters != null || declared.extends?.length > 0) return {};
    return inner(
      declared.type === 'TSInterfaceDeclaration' ? declared.body : declared.typeAnnotation,
    );
  }
  switch (name) {
    case 'Array':
    case 'ReadonlyArray':
      return { type: 'array', items: inner(first) };
    case 'Readonly':
      return inner(first);
    case 'Partial': {
      const { required: _, ...schema } = inner(first);
      return schema;
    }
    case 'Record':
      return { type: 'object', additionalProperties: inner(second) };
    default:
      return {};
  }
}

function members(syntax: Syntax, nodes: readonly Node[], depth: number): JsonObject {
  const properties: [string, JsonObject][] = [];
  const required: string[] = [];
  for (const node of nodes) {
    const name = node.key?.name ?? node.key?.value;
    if (node.type !== 'TSPropertySignature' || node.computed || typeof name !== 'string') return {};
    const annotated: Node | undefined = node.typeAnnotation?.typeAnnotation;
    const orAbsent =
      annotated?.type === 'TSUnionType' &&
      annotated.types.some((one: Node) => one.type === 'TSUndefinedKeyword');
    const schema = typeSchema(syntax, withoutUndefined(annotated), depth + 1);
    const description = docComment(syntax, node);
    properties.push([name, description === undefined ? schema : { ...schema, description }]);
    if (!node.optional && !orAbsent) required.push(name);
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function withoutUndefined(type: Node | undefined): Node | undefined {
  if (type?.type !== 'TSUnionType') return type;
  const types = type.types.filter((one: Node) => one.type !== 'TSUndefinedKeyword');
  return types.length === 1 ? types[0] : { ...type, types };
}
