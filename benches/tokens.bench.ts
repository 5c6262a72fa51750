import type { ServerCatalog } from '@org/core';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { capturedCatalog, readCapture } from '../packages/codegen/test/captured-catalogs.ts';
import { type Question, readQuestions } from '../packages/codegen/test/search/ranking.ts';
import { type Row, record } from './record.ts';
import { type Exchange, instructions, Lookup } from './tokens/agent.ts';
import { bothWays } from './tokens/both-ways.ts';
import { countedServers } from './tokens/servers.ts';
import { tasks } from './tokens/tasks.ts';

interface Definition {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: unknown;
}

const definitions = countedServers.map((server) => readCapture(server).tools as Definition[]);
const listed = definitions.reduce((sum, tools) => sum + countTokens(JSON.stringify(tools)), 0);
const told = definitions.reduce(
  (sum, tools) =>
    sum +
    countTokens(
      JSON.stringify(
        tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      ),
    ),
  0,
);
const catalogs: ServerCatalog[] = await Promise.all(countedServers.map(capturedCatalog));
const lookup = await Lookup.open(catalogs);
const tools = catalogs.flatMap((catalog) =>
  catalog.tools.map(({ name }) => `${catalog.server}.${name}`),
);

const rows: Row[] = [];
const add = (name: string, subject: string, value: number) =>
  rows.push({ case: name, subject, value: Math.round(value), unit: 'tokens' });
const subjects = {
  ours: 'ours',
  list: 'ours, list and wrappers',
  listed: 'tools/list',
  told: 'names, descriptions, parameters',
};

const all = `all of ${tools.length} tools`;
const tokensOf = ({ read }: Exchange) => countTokens(read);
const every = (read: (tool: string) => Exchange) =>
  tools.reduce((sum, tool) => sum + tokensOf(read(tool)), 0);
add(
  `${all}: signatures`,
  subjects.ours,
  every((tool) => lookup.show(tool)),
);
add(
  `${all}: wrappers`,
  subjects.ours,
  every((tool) => lookup.wrapper(tool)),
);
for (const kind of ['signatures', 'wrappers']) {
  add(`${all}: ${kind}`, subjects.listed, listed);
  add(`${all}: ${kind}`, subjects.told, told);
}

/** What is written and read until the signature of an answer is there. */
async function find({ ask, answers }: Question): Promise<Exchange[]> {
  const isAnswer = (tool: string) => answers.includes(tool);
  const found = await lookup.search(ask);
  if (found.shown.some(isAnswer)) return [found];
  const wanted = answers.find((answer) => tools.includes(answer)) ?? '';
  const named = answers.find((answer) => found.named.includes(answer));
  if (named !== undefined) return [found, lookup.show(named)];
  return [found, lookup.list(), lookup.show(wanted)];
}

const cost = (exchanges: readonly Exchange[]) =>
  exchanges.reduce((sum, { written, read }) => sum + countTokens(written) + countTokens(read), 0);

// Questions that the ranking was not made with; each is one tool's work.
const questions = readQuestions().filter(
  ({ heldOut, answers }) => heldOut && answers.some((answer) => tools.includes(answer)),
);
const perQuestion = await Promise.all(questions.map(async (one) => cost(await find(one))));
const perWrapper = questions.map(({ answers }) =>
  cost([lookup.wrapper(answers.find((answer) => tools.includes(answer)) ?? '')]),
);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
for (const count of [1, 3, 10]) {
  const name = `read for ${count} ${count === 1 ? 'tool' : 'tools'}`;
  const fixed = countTokens(instructions);
  add(name, subjects.ours, fixed + count * mean(perQuestion));
  add(name, subjects.list, fixed + cost([lookup.list()]) + count * mean(perWrapper));
  add(name, subjects.listed, listed);
  add(name, subjects.told, told);
}

for (const task of tasks) {
  const { direct, directUsed, program } = await bothWays(task, lookup);
  for (const [kind, of] of [
    ['all, once', (one: typeof direct) => one.once],
    ['all, history re-sent', (one: typeof direct) => one.resent],
  ] as const) {
    add(`${task.name}: ${kind}`, subjects.ours, of(program));
    add(`${task.name}: ${kind}`, 'direct calls', of(direct));
    add(`${task.name}: ${kind}`, 'direct calls, used tools known', of(directUsed));
  }
}
record(
  'tokens',
  'How many tokens pass an agent’s context, until it can call tools, and for five tasks?',
  rows,
);
