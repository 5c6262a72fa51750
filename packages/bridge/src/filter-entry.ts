import { SandboxError } from '@org/core';
import type { Node } from 'jsonc-parser';
import { type FilterRules, parseRules } from './filter/filter-rules.ts';
import type { ContentKind } from './filter/kinds.ts';
import { type Context, objectOf, textList, textMap } from './server-entry.ts';

const members = ['outgoing', 'restoreFor', 'patterns'];

/**
 * The `filter` of a server's entry, where it has one.
 * @throws SandboxError `CONFIG_INVALID`: a rule that is misspelt would hide nothing, so none is skipped
 */
export function parseFilter({ source }: Context, entry: Node): { readonly filter?: FilterRules } {
  const node = objectOf(source, entry, 'an object for a server').get('filter');
  if (node === undefined) return {};
  const fields = objectOf(source, node, 'an object for "filter"');
  for (const [name, value] of fields) {
    if (members.includes(name)) continue;
    throw source.invalid(
      value.parent?.offset ?? value.offset,
      `only ${members.map((member) => JSON.stringify(member)).join(', ')} in "filter"`,
    );
  }
  const outgoing = fields.get('outgoing');
  const all = outgoing === undefined || outgoing.value === 'all';
  const patterns = textMap(source, fields, 'patterns');
  const rules: FilterRules = {
    outgoing: all ? 'all' : (textsOf(textList(source, outgoing, 'outgoing')) as ContentKind[]),
    restoreFor: textsOf(textList(source, fields.get('restoreFor'), 'restoreFor')),
    patterns: Object.fromEntries([...patterns].map(([name, text]) => [name, String(text.value)])),
  };
  try {
    parseRules(rules);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const why = `${error.message.replace(/\.$/, '')}. ${error.hint ?? ''}`.trim();
    throw source.invalid(node.offset, `a usable "filter". ${why.replace(/\.$/, '')}`, error);
  }
  return { filter: rules };
}

function textsOf(nodes: readonly Node[]): string[] {
  return nodes.map((node) => String(node.value));
}
