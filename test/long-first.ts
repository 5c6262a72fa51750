import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more, the longest first: none of them is to be the last alone. */
const long = [
  'test/docs/docs',
  'bridge/test/faults',
  'test/install',
  'skill-store/test/crash',
  'bridge/test/conformance',
  'cli/test/skill-commands',
  'checker/test/hostile',
  'test/determinism',
  'test/hostile',
];

/** Runs the files that take longest first; the others in the usual order. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = long.findIndex((name) => moduleId.includes(`/${name}`));
      return found === -1 ? long.length : found;
    };
    return usual.toSorted((a, b) => place(a) - place(b));
  }
}
