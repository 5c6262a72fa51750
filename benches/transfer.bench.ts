import { compareSubjects } from './compare-subjects.ts';
import { record } from './record.ts';
import { peers } from './subject.ts';

const issues = Array.from({ length: 8_000 }, (_, id) => ({
  id,
  title: `Issue number ${id} of this repository, with a title`,
  labels: ['bug', 'help wanted'],
  open: id % 3 === 0,
}));
const rows = JSON.stringify(issues);
const line = 'A line of text, of which there are many. ';
const text = line.repeat(1_000_000 / line.length);

const results = await compareSubjects(
  ['ours', 'ours, in process', ...peers],
  [
    {
      name: '1 MB of rows in and out',
      body: 'return await tool({})',
      tool: async () => rows,
      result: issues,
    },
    {
      name: '1 MB of rows in, a number out',
      body: 'return (await tool({})).length',
      tool: async () => rows,
      result: issues.length,
    },
    {
      name: '1 MB of text in and out',
      body: 'return (await tool({})).text',
      tool: async () => JSON.stringify({ text }),
      result: text,
    },
  ],
  { ms: 1_000 },
);
record('transfer', 'What does it cost to pass 1 MB in and 1 MB out?', results);
