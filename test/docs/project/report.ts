import { create_comment, get_issue, search_issues } from './servers/github';

interface Options {
  /** Repository, as owner and name. */
  repo?: string;
  days?: number;
}

/** Says how many issues somebody has, and tells them so. Use it once a week. */
export default async function report({ repo = 'octo/cat', days = 7 }: Options) {
  const { issues } = await search_issues({ query: `repo:${repo} updated:${days}d` });
  let assigned = 0;
  for (const number of issues) {
    const issue = (await get_issue({ number })) as { assignee: unknown };
    if (issue.assignee !== null) assigned++;
  }
  await create_comment({ issue_number: 1, body: `${assigned} of ${issues.length} are assigned.` });
  return { repo, assigned };
}

export const summary = () => 'nothing to report';
