import type { Hook } from '@oclif/core';
import { didYouMean } from '@org/core';
import { exitCode } from '../exit-code.ts';

/** Says what was meant, instead of what oclif makes of the words (`execut:p.ts`). */
const commandNotFound: Hook<'command_not_found'> = async ({ id, config }) => {
  const [word = id] = id.split(':');
  const suggestion = didYouMean(word, config.commandIDs);
  process.stderr.write(`Error: There is no command ${JSON.stringify(word)}.${suggestion}\n`);
  process.stderr.write(`See ${config.bin} --help for all commands.\n`);
  process.exit(exitCode.usage);
};

export default commandNotFound;
