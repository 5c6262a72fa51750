import { string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import type { TokenStore } from '@org/server';
import { usersFile } from '../users-folder.ts';

export const tokensFlag = string({
  helpValue: '<folder>',
  summary: "Folder of the tokens. Default: one in the user's configuration.",
});

/**
 * The tokens of the user, or those in `folder`.
 * @throws SandboxError `USAGE`: the user has no folder for configuration, and none is named
 */
export async function tokensIn(folder: string | undefined): Promise<TokenStore> {
  const [{ openTokenStore }, path] = await Promise.all([
    import('@org/server/tokens'),
    folder ?? usersFile('tokens'),
  ]);
  if (path !== undefined) return openTokenStore(path);
  throw new SandboxError('USAGE', 'There is no home folder to keep tokens in.', {
    hint: 'Name a folder with --tokens.',
  });
}
