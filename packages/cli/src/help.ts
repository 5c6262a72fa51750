import { stripVTControlCharacters } from 'node:util';
import { Help } from '@oclif/core/help';
import { jsonText } from './plain-text.ts';

/** Help as it is, or as the one member of a document where `--json` is given. */
export default class JsonHelp extends Help {
  #lines: string[] | undefined;

  override async showHelp(argv: string[]): Promise<void> {
    const words = process.argv.slice(2);
    const end = words.indexOf('--');
    const isJson = (end === -1 ? words : words.slice(0, end)).includes('--json');
    this.#lines = isJson ? [] : undefined;
    try {
      await super.showHelp(argv);
    } catch (error) {
      const [, id] = /^Command (.+) not found\.$/u.exec((error as Error).message) ?? [];
      if (id === undefined) throw error;
      await this.config.runHook('command_not_found', { id, argv: words });
    }
    if (this.#lines === undefined) return;
    const help = stripVTControlCharacters(this.#lines.join('\n'));
    process.stdout.write(`${jsonText({ help })}\n`);
  }

  protected override log(...args: string[]): void {
    if (this.#lines === undefined) super.log(...args);
    else this.#lines.push(args.join(' '));
  }
}
