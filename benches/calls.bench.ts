import { setTimeout as pause } from 'node:timers/promises';
import { compareSubjects } from './compare-subjects.ts';
import { Ours } from './ours.ts';
import { record } from './record.ts';
import { peers } from './subject.ts';

const count = 1_000;
const echo = async (params: string) => params;
const slow = async (params: string) => {
  await pause(1);
  return params;
};
const sum = (count * (count - 1)) / 2;

const sequential = `
  let sum = 0;
  for (let n = 0; n < ${count}; n++) sum += (await tool({ n })).n;
  return sum;`;
const parallel = `
  const answers = await Promise.all(Array.from({ length: ${count} }, (_, n) => tool({ n })));
  return answers.reduce((sum, { n }) => sum + n, 0);`;

const rows = await compareSubjects(
  ['ours, in process', ...peers],
  [
    { name: 'a call of 1,000 in sequence', body: sequential, tool: echo, result: sum, per: count },
    { name: '1,000 calls at once, of 1 ms', body: parallel, tool: slow, result: sum },
    { name: '1,000 calls at once, of 0 ms', body: parallel, tool: echo, result: sum },
  ],
  { ms: 1_200 },
  // The others have no bound on calls at one time either.
  new Map([['ours', await Ours.open({ parallelToolCalls: count })]]),
);
record('calls', 'What does a tool call cost?', rows);
