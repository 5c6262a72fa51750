/** Puts cases to all subjects that can be loaded, each in a fresh sandbox, side by side. */
import { deepStrictEqual } from 'node:assert/strict';
import { compare, type Timed } from './measure.ts';
import { type Row, timing } from './record.ts';
import { openSubjects, type Subject, type SubjectName, type Tool } from './subject.ts';

export interface Case {
  readonly name: string;
  readonly body: string;
  readonly tool?: Tool;
  readonly result: unknown;
  /** Waited before each run; see `Timed`. */
  readonly restMs?: number;
  /** How many things one run does; the row is for one of them. */
  readonly per?: number;
}

/** The rows of all cases. A subject that fails in one is reported in its place, and goes on. */
export async function compareSubjects(
  names: readonly SubjectName[],
  cases: readonly Case[],
  options: { readonly ms: number; readonly least?: number },
  opened = new Map<SubjectName, Subject>(),
): Promise<Row[]> {
  const subjects = new Map([...opened, ...(await openSubjects(names))]);
  const rows: Row[] = [];
  for (const { name, body, tool, result, restMs, per } of cases) {
    const timed: Partial<Record<SubjectName, Timed>> = {};
    for (const [subject, { run }] of bound(subjects)) {
      try {
        deepStrictEqual(await run(body, tool), result);
        timed[subject] = {
          run: () => run(body, tool),
          ...(restMs === undefined ? {} : { restMs }),
        };
      } catch (error) {
        rows.push({ case: name, subject, text: `failed: ${error}` });
      }
    }
    const samples = await compare(timed as Record<SubjectName, Timed>, options);
    for (const [subject, taken] of Object.entries(samples)) {
      rows.push(timing(name, subject, taken, per));
    }
  }
  for (const subject of subjects.values()) await subject.close();
  return rows;
}

function* bound(subjects: ReadonlyMap<SubjectName, Subject>) {
  for (const [name, subject] of subjects) yield [name, { run: subject.run.bind(subject) }] as const;
}
