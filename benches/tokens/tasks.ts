import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonValue } from '@org/core';

/** One call of a tool by the agent itself; resolves to the text of its answer. */
export type Call = (server: string, tool: string, params: object) => Promise<string>;

/** Calls that an agent makes in one turn, since none needs the answer of another. */
export type Turn = (...calls: readonly Parameters<Call>[]) => Promise<readonly string[]>;

/** Something to do that has one right answer. */
export interface Task {
  readonly name: string;
  /** What the user asks, of the folder in which the servers work. */
  question(folder: string): string;
  readonly servers: readonly string[];
  /** Puts the files there that it is about: the same each time. */
  prepare(folder: string): Promise<void>;
  /** Done with direct calls, in the fewest turns; gives the answer. */
  direct(turn: Turn, folder: string): Promise<JsonValue>;
  /** What an agent looks for before it writes `programs/<name>.ts`, which gets `{ folder }`. */
  readonly searches: readonly string[];
}

const months = ['01', '02', '03', '04', '05', '06'];
const authors = ['Ada', 'Bo', 'Cleo', 'Dan', 'Eve'];
const topics = ['login', 'search', 'export', 'billing', 'upload', 'cache', 'report'];

function orders(month: number): string {
  const rows = Array.from({ length: 110 }, (_, index) => {
    const number = month * 1_000 + index;
    const amount = (((number * 7919) % 90_000) / 100 + 10).toFixed(2);
    const status = (number * 31) % 11 === 0 ? 'refunded' : 'paid';
    return `${number},2026-${months[month]}-${String((index % 28) + 1).padStart(2, '0')},${amount},${status}`;
  });
  return `order,date,amount,status\n${rows.join('\n')}\n`;
}

interface Order {
  readonly order: string;
  readonly month: string;
  readonly amount: number;
}

function refundsOf(text: string): Order[] {
  return [...text.matchAll(/^(\d+),(\d{4}-\d\d)-\d\d,([\d.]+),refunded$/gmu)].map(
    ([, order = '', month = '', amount]) => ({ order, month, amount: Number(amount) }),
  );
}

/** A repository whose hashes are the same each time. */
async function makeRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const git = (index: number, ...args: string[]) => {
    const name = authors[(index * index) % authors.length] ?? '';
    const date = new Date(Date.UTC(2026, 0, 5) + index * 40 * 3_600_000).toISOString();
    const who = { NAME: name, EMAIL: `${name.toLowerCase()}@example.org`, DATE: date };
    const env = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    execFileSync('git', args, {
      cwd: folder,
      env: { ...process.env, ...env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    });
  };
  git(0, 'init', '--quiet', '--initial-branch=main');
  for (let index = 0; index < 60; index++) {
    const topic = topics[index % topics.length];
    const subject =
      index % 3 === 0 ? `fix: ${topic} fails on ${index}` : `feat: ${topic} step ${index}`;
    await writeFile(join(folder, `${topic}.txt`), `${index}\n`);
    git(index, 'add', '.');
    git(index, 'commit', '--quiet', '-m', subject);
  }
}

interface Commit {
  readonly author: string;
  readonly subject: string;
  readonly shortHash: string;
}

function commitsOf(log = '{"commits": []}'): Commit[] {
  return JSON.parse(log).commits;
}

function sections(commits: readonly Commit[]): {
  readonly text: string;
  readonly counts: JsonValue;
} {
  const lines = (kind: string) =>
    commits
      .filter(({ subject }) => subject.startsWith(`${kind}: `))
      .map(({ subject, shortHash }) => `- ${subject.slice(kind.length + 2)} (${shortHash})`);
  const [feat, fix] = [lines('feat'), lines('fix')];
  return {
    text: `## Features\n\n${feat.join('\n')}\n\n## Fixes\n\n${fix.join('\n')}\n`,
    counts: { feat: feat.length, fix: fix.length },
  };
}

interface Person {
  readonly name: string;
  readonly role: string;
  readonly manager?: string;
}

const people: readonly Person[] = Array.from({ length: 24 }, (_, index) => ({
  name: `${authors[index % authors.length]} ${String.fromCharCode(65 + index)}.`,
  role: ['engineer', 'designer', 'analyst'][index % 3] ?? '',
  ...(index > 0 && {
    manager: `${authors[Math.floor((index - 1) / 4) % authors.length]} ${String.fromCharCode(65 + Math.floor((index - 1) / 4))}.`,
  }),
}));

export const tasks: readonly Task[] = [
  {
    name: 'refunds',
    question: (folder) =>
      `${folder}/orders has the orders of half a year, a CSV file a month. How many were refunded in each month, and which refund was the largest?`,
    servers: ['filesystem'],
    async prepare(folder) {
      await mkdir(join(folder, 'orders'), { recursive: true });
      for (const [index, month] of months.entries()) {
        await writeFile(join(folder, 'orders', `2026-${month}.csv`), orders(index));
      }
    },
    async direct(turn, folder) {
      const [listing = ''] = await turn([
        'filesystem',
        'list_directory',
        { path: `${folder}/orders` },
      ]);
      const paths = [...listing.matchAll(/\S+\.csv/gu)].map(([name]) => `${folder}/orders/${name}`);
      const [texts = ''] = await turn(['filesystem', 'read_multiple_files', { paths }]);
      const refunds = refundsOf(texts);
      const byMonth: Record<string, number> = {};
      for (const { month } of refunds) byMonth[month] = (byMonth[month] ?? 0) + 1;
      const [largest] = refunds.toSorted((a, b) => b.amount - a.amount);
      return { byMonth, largest: largest?.order ?? null };
    },
    searches: ['which files are in a folder', 'read several text files at once'],
  },
  {
    name: 'authors',
    question: (folder) =>
      `Who made how many commits in ${folder}/repo, and how many of each author's are fixes?`,
    servers: ['git'],
    prepare: (folder) => makeRepository(join(folder, 'repo')),
    async direct(turn, folder) {
      const [log] = await turn(['git', 'git_log', { path: `${folder}/repo`, maxCount: 1_000 }]);
      const counts: Record<string, { commits: number; fixes: number }> = {};
      for (const { author, subject } of commitsOf(log)) {
        counts[author] ??= { commits: 0, fixes: 0 };
        counts[author].commits++;
        if (subject.startsWith('fix: ')) counts[author].fixes++;
      }
      return counts;
    },
    searches: ['commits with their authors'],
  },
  {
    name: 'changelog',
    question: (folder) =>
      `Write ${folder}/CHANGELOG.md for ${folder}/repo: "## Features" for the commits "feat: …" and "## Fixes" for "fix: …", a line "- <rest of the subject> (<short hash>)" each, newest first. How many lines has each?`,
    servers: ['git', 'filesystem'],
    prepare: (folder) => makeRepository(join(folder, 'repo')),
    async direct(turn, folder) {
      const [log] = await turn(['git', 'git_log', { path: `${folder}/repo`, maxCount: 1_000 }]);
      const { text, counts } = sections(commitsOf(log));
      await turn(['filesystem', 'write_file', { path: `${folder}/CHANGELOG.md`, content: text }]);
      return counts;
    },
    searches: ['commit history', 'write a file'],
  },
  {
    name: 'people',
    question: (folder) =>
      `Put everyone of ${folder}/people.json into the knowledge graph as a person with the role as observation, and who reports to whom as "reports to". Who has the most direct reports?`,
    servers: ['filesystem', 'memory'],
    prepare: (folder) => writeFile(join(folder, 'people.json'), JSON.stringify(people, null, 2)),
    async direct(turn, folder) {
      const [text = '[]'] = await turn([
        'filesystem',
        'read_text_file',
        { path: `${folder}/people.json` },
      ]);
      const read: Person[] = JSON.parse(text);
      const entities = read.map(({ name, role }) => ({
        name,
        entityType: 'person',
        observations: [role],
      }));
      const relations = read.flatMap(({ name, manager }) =>
        manager === undefined ? [] : [{ from: name, to: manager, relationType: 'reports to' }],
      );
      await turn(['memory', 'create_entities', { entities }]);
      await turn(['memory', 'create_relations', { relations }]);
      const reports = Map.groupBy(relations, ({ to }) => to);
      const [most] = [...reports].toSorted(
        ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
      );
      return { most: most?.[0] ?? null, reports: most?.[1].length ?? 0, people: read.length };
    },
    searches: ['read a text file', 'add people to the knowledge graph', 'relate two entities'],
  },
  {
    name: 'sum',
    question: () => 'What is 17.5 + 24.75? Let the tool add them.',
    servers: ['everything'],
    prepare: async () => {},
    async direct(turn) {
      const [text = ''] = await turn(['everything', 'get-sum', { a: 17.5, b: 24.75 }]);
      return text;
    },
    searches: ['add two numbers'],
  },
];
