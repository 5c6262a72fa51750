import { compareSubjects } from './compare-subjects.ts';
import { cpuPrograms } from './cpu-programs.ts';
import { record } from './record.ts';
import { peers } from './subject.ts';

const cases = cpuPrograms.map(({ name, code, result }) => ({
  name,
  body: `${code}; return result;`,
  result,
}));
const rows = await compareSubjects(['ours', ...peers], cases, { ms: 800 });
record('cpu', 'How fast does a program compute, in a fresh sandbox?', rows);
