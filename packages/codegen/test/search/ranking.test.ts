/** How well tools are found: measured on written questions over the tools of real servers. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerCatalog, ServerId, ToolRanker } from '@org/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createToolSearch, type Findable, serverFolders } from '../../src/index.ts';
import { wordRanker } from '../../src/search/word-ranker.ts';
import { capturedCatalog, capturedServers } from '../captured-catalogs.ts';
import { catalogOf } from '../workbench.ts';
import { ngramRanker } from './ngram-ranker.ts';
import { type Question, rankOf, readQuestions, summarize } from './ranking.ts';

const questions = readQuestions();
let catalogs: readonly ServerCatalog[];
let folders: ReadonlyMap<ServerId, string>;
let byWords: readonly Ranked[];
let byLetters: readonly Ranked[];
let fused: readonly Ranked[];
beforeAll(async () => {
  catalogs = await Promise.all(capturedServers.map(capturedCatalog));
  folders = serverFolders(catalogs.map(({ server }) => server));
  byWords = await rankAll([wordRanker]);
  byLetters = await rankAll([ngramRanker]);
  fused = await rankAll([wordRanker, ngramRanker]);
});

interface Ranked extends Question {
  readonly rank: number | undefined;
}

async function rankAll(
  rankers: readonly ToolRanker[],
  among: readonly ServerCatalog[] = catalogs,
  others: readonly Findable[] = [],
): Promise<Ranked[]> {
  const search = await createToolSearch(among, folders, { rankers, others });
  return Promise.all(
    questions.map(async (question) => {
      const { hits } = await search(question.ask, { detail: 'name', limit: 10 });
      const names = hits.map(({ server, tool }) => `${server}.${tool}`);
      return { ...question, rank: rankOf(question, names) };
    }),
  );
}

const of = (ranked: readonly Ranked[], heldOut?: boolean) =>
  summarize(
    ranked
      .filter((one) => heldOut === undefined || one.heldOut === heldOut)
      .map(({ rank }) => rank),
  );

describe('the questions', () => {
  test('name tools that there are, ask for each thing once, and quote no name', () => {
    const tools = new Set(
      catalogs.flatMap(({ server, tools }) => tools.map(({ name }) => `${server}.${name}`)),
    );
    expect(tools.size).toBe(158);
    expect(questions.length).toBeGreaterThanOrEqual(200);
    expect(new Set(questions.map(({ ask }) => ask)).size).toBe(questions.length);
    for (const { ask, answers } of questions) {
      for (const answer of answers) {
        expect(tools).toContain(answer);
        const name = answer.slice(answer.indexOf('.') + 1);
        if (/[_-]/u.test(name)) expect(ask).not.toContain(name);
      }
    }
  });

  test('ask for most tools that a model may call', () => {
    const asked = new Set(questions.flatMap(({ answers }) => answers));
    expect(asked.size).toBeGreaterThan(120);
  });
});

describe('ranking by words', () => {
  test('is hardly worse with twenty skills beside the tools, of which none is asked for', async () => {
    const things = ['report', 'backup', 'summary', 'overview', 'check', 'list', 'search'];
    const others = Array.from({ length: 20 }, (_, index): Findable => {
      const thing = things[index % things.length];
      const of = catalogs[index % catalogs.length] as ServerCatalog;
      const name = `${of.server}-${thing}-${index}`;
      const description = `Makes a ${thing} of the files, pages and changes of ${of.server}, and tells a user.`;
      const parameters = { type: 'object', properties: { path: { type: 'string' } } };
      const server = 'skills' as ServerId;
      return {
        server,
        name,
        description,
        parameters,
        import: `import run from './skills/${name}';`,
      };
    });
    const { hit1, hit5 } = of(await rankAll([wordRanker], catalogs, others));
    expect(hit1).toBeGreaterThan(of(byWords).hit1 - 0.05);
    expect(hit5).toBeGreaterThan(of(byWords).hit5 - 0.05);
  });

  test('reaches the goals on the questions it was made with', async () => {
    const { hit1, hit5, mrr } = of(byWords, false);
    expect(hit1).toBeGreaterThanOrEqual(0.75);
    expect(hit5).toBeGreaterThanOrEqual(0.95);
    expect(mrr).toBeGreaterThanOrEqual(0.83);
  });

  test('does not fall behind on the questions it was not made with', async () => {
    const { hit1, hit5, mrr } = of(byWords, true);
    expect(hit1).toBeGreaterThanOrEqual(0.72);
    expect(hit5).toBeGreaterThanOrEqual(0.87);
    expect(mrr).toBeGreaterThanOrEqual(0.78);
  });

  test('is hardly moved by a server that stuffs its descriptions', async () => {
    const everything = catalogs
      .flatMap(({ tools }) => tools.map(({ name, description }) => `${name} ${description}`))
      .join(' ');
    const stuffed = catalogOf(
      'everything',
      Array.from({ length: 20 }, (_, index) => ({
        name: `helper_${index}`,
        description: everything.slice(index * 1_500),
      })),
    );
    const before = of(byWords);
    const after = of(await rankAll([wordRanker], [...catalogs, stuffed]));
    expect(after.hit5).toBeGreaterThan(before.hit5 - 0.03);
    expect(after.mrr).toBeGreaterThan(before.mrr - 0.03);
  });
});

test('a ranker by embeddings takes part, by reciprocal rank fusion', () => {
  expect(of(byLetters).hit5).toBeGreaterThan(0.6);
  expect(of(fused).hit5).toBeGreaterThan(of(byLetters).hit5);
  expect(fused.map(({ rank }) => rank)).not.toEqual(byWords.map(({ rank }) => rank));
});

test('docs/search.md says what is measured', () => {
  const page = new URL('../../../../docs/search.md', import.meta.url);
  const [begin, end] = ['<!-- written by a test: begin -->\n', '<!-- written by a test: end -->'];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const expected = `${text.slice(0, from)}\n${tables()}\n${text.slice(to)}`;
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, expected);
  else expect(text, 'run with UPDATE_DOCS=1 to write the page').toBe(expected);
});

function tables(): string {
  const others = [
    ['by letter groups alone', byLetters],
    ['by words and letter groups, fused', fused],
  ] as const;
  const row = (name: string, ranked: readonly Ranked[], heldOut?: boolean) => {
    const { questions: count, hit1, hit5, mrr } = of(ranked, heldOut);
    return `| ${name} | ${count} | ${[hit1, hit5, mrr].map((value) => value.toFixed(3)).join(' | ')} |`;
  };
  const rows = [
    '| ranking | questions | hit@1 | hit@5 | MRR |\n| --- | --- | --- | --- | --- |',
    '| goal |  | 0.750 | 0.950 | 0.830 |',
    row('by words, questions it was made with', byWords, false),
    row('by words, questions written afterwards', byWords, true),
    row('by words, all', byWords),
    ...others.map(([name, ranked]) => row(`${name}, all`, ranked)),
  ];
  const missed = byWords
    .filter(({ rank }) => rank === undefined || rank > 5)
    .map(({ ask, answers, rank }) => `| ${ask} | ${answers.join(', ')} | ${rank ?? 'over 10'} |`);
  return `${rows.join('\n')}

Not among the first five:

| question | answers | place |
| --- | --- | --- |
${missed.join('\n')}
`;
}
