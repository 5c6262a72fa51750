import type { FieldNames } from '@org/core';
import type { Node } from 'jsonc-parser';
import { type Context, objectOf } from './server-entry.ts';

/**
 * The `fieldNames` of a server's entry, where it has one.
 * @throws SandboxError `CONFIG_INVALID`: another value than "camelCase"
 */
export function parseFieldNames(
  { source }: Context,
  entry: Node,
): { readonly fieldNames?: FieldNames } {
  const node = objectOf(source, entry, 'an object for a server').get('fieldNames');
  if (node === undefined) return {};
  if (node.value !== 'camelCase') throw source.invalid(node.offset, '"camelCase" for "fieldNames"');
  return { fieldNames: node.value };
}
