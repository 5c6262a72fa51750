import { string } from '@oclif/core/args';
import { SandboxError } from '@org/core';
import type { Candidate } from '../completions/words.ts';
import { McpCommand } from '../mcp-command.ts';

/** What the scripts of `completions` ask while somebody types. */
export default class Complete extends McpCommand {
  static override hidden = true;
  static override underWay = undefined;
  static override summary = 'Print what a word can be, a line each: the word, a tab, what it is.';
  static override strict = false;

  static override args = {
    lookup: string({ description: 'What is looked up; the words before it follow.' }),
  };

  async run(): Promise<{ readonly candidates: readonly Candidate[] }> {
    const { argv } = await this.parse(Complete);
    const { lookups } = await import('../completions/words.ts');
    const { candidates } = await import('../completions/candidates.ts');
    const [name, ...before] = argv as string[];
    const lookup = lookups.find((one) => one === name);
    if (lookup === undefined) {
      throw new SandboxError('USAGE', `There is nothing to look up for ${JSON.stringify(name)}.`, {
        hint: `Use ${lookups.join(', ')}.`,
      });
    }
    const found = await candidates(lookup, before);
    for (const { value, about } of found) this.log(`${value}\t${about}`);
    return { candidates: found };
  }
}
