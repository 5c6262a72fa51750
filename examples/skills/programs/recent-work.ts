import { git_log } from './servers/git';

interface Options {
  /** Folder of the repository. */
  repository: string;
  /** How many commits to look at. */
  commits?: number;
}

interface Work {
  /** Commits of each author, the busiest first. */
  authors: [string, number][];
  subjects: string[];
}

/** Tells who has committed what lately in a git repository. Use before a stand-up or a release. */
export default async function recentWork({ repository, commits = 20 }: Options): Promise<Work> {
  const log = await git_log({ path: repository, maxCount: commits });
  const counts = new Map<string, number>();
  for (const { author } of log.commits) counts.set(author, (counts.get(author) ?? 0) + 1);
  return {
    authors: [...counts].sort((a, b) => b[1] - a[1]),
    subjects: log.commits.map(({ subject }) => subject),
  };
}
