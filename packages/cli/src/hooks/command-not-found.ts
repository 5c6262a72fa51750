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
  const message = first.startsWith('-')
    ? `Flags come after a command, and there is none before ${JSON.stringify(first)}.`
    : `There is no command ${JSON.stringify(word)}.${didYouMean(word, ids)}`;
  const hint = isTopic
    ? `See ${config.bin} ${first} --help for its commands.`
    : `See ${config.bin} --help for all commands.`;
  if ([id, ...argv].includes('--json')) {
    const told = new SandboxError('USAGE', message, { hint });
    process.stdout.write(`${jsonText(errorDocument(told))}\n`);
  } else {
    process.stderr.write(plainText(`Error: ${message}\n${hint}\n`));
  }
  process.exit(exitCode.usage);
};

export default commandNotFound;
