import { write_file } from './servers/filesystem';
import { git_log } from './servers/git';

export default async function main({ folder }: { folder: string }) {
  const { commits } = await git_log({ path: `${folder}/repo`, maxCount: 1000 });
  const lines = (kind: string) =>
    commits
      .filter(({ subject }) => subject.startsWith(`${kind}: `))
      .map(({ subject, shortHash }) => `- ${subject.slice(kind.length + 2)} (${shortHash})`);
  const [feat, fix] = [lines('feat'), lines('fix')];
  const content = `## Features\n\n${feat.join('\n')}\n\n## Fixes\n\n${fix.join('\n')}\n`;
  await write_file({ path: `${folder}/CHANGELOG.md`, content });
  return { feat: feat.length, fix: fix.length };
}
