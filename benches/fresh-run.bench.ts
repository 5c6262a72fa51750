import { compareSubjects } from './compare-subjects.ts';
import { record } from './record.ts';
import { peers } from './subject.ts';

const tool = async () => '{"answer":42}';
const trivial = { body: 'return 6 * 7', result: 42 };
const oneCall = { body: 'return (await tool({ question: 1 })).answer', tool, result: 42 };

// Between runs that come one at a time a pool has the time to make the next sandbox ready.
const rested = { restMs: 4 };
const rows = await compareSubjects(
  ['ours', 'ours, in process', ...peers],
  [
    { name: 'trivial program', ...trivial, ...rested },
    { name: 'one tool call', ...oneCall, ...rested },
    { name: 'one tool call, back to back', ...oneCall },
  ],
  { ms: 1_200 },
);
record(
  'fresh-run',
  'What does a program cost that does next to nothing, in a fresh sandbox?',
  rows,
);
