/** Rows such as a tracker of issues gives: about 230 bytes of JSON each. */
export function issues(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: index,
    title: `An issue about something, number ${index}`,
    state: index % 3 === 0 ? 'closed' : 'open',
    assignee: index % 2 === 0 ? null : { login: `user-${index % 50}`, id: index % 50 },
    labels: [{ name: 'bug', color: 'ff0000' }],
    comments: index % 7,
    created_at: '2026-11-21T10:11:12Z',
    locked: false,
  }));
}
