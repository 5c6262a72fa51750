import { git_log } from './servers/git';

export default async function main({ folder }: { folder: string }) {
  const { commits } = await git_log({ path: `${folder}/repo`, maxCount: 1000 });
  const counts: Record<string, { commits: number; fixes: number }> = {};
  for (const { author, subject } of commits) {
    counts[author] ??= { commits: 0, fixes: 0 };
    counts[author].commits++;
    if (subject.startsWith('fix: ')) counts[author].fixes++;
  }
  return counts;
}
