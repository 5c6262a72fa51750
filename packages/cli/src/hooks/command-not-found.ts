import type { Hook } from '@oclif/core';
import { didYouMean, plainText, SandboxError } from '@org/core';
import { exitCode } from '../exit-code.ts';
import { errorDocument } from '../mcp-command.ts';
import { jsonText } from '../plain-text.ts';

/** Says what was meant, instead of what oclif makes of the words (`execut:p.ts`). */
const commandNotFound: Hook<'command_not_found'> = async ({ id, argv = [], config }) => {
  const ids = config.commandIDs.map((one) => one.replaceAll(':', ' '));
  const [first = id, second] = id.split(':');
  const isTopic = second !== undefined && ids.some((one) => one.startsWith(`${first} `));
  const word = isTopic ? `${first} ${second}` : first;
  const suggestion = didYouMean(word, ids);
  const message = `There is no command ${JSON.stringify(word)}.${suggestion}`;
  const hint = `See ${config.bin} --help for all commands.`;
  if (argv.includes('--json')) {
    const told = new SandboxError('USAGE', message, { hint });
    process.stdout.write(`${jsonText(errorDocument(told))}\n`);
  } else {
    process.stderr.write(plainText(`Error: ${message}\n${hint}\n`));
  }
  process.exit(exitCode.usage);
};

export default commandNotFound;
