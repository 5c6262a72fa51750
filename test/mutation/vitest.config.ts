import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = path.join(import.meta.dirname, '../..');
/** The tests of the file that is mutated. */
const tests = (process.env.MUTATION_TESTS ?? '').split(',');

class AsListed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      tests.findIndex((name) => moduleId.endsWith(`/${name}`));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  root,
  test: {
    include: tests,
    setupFiles: [path.join(import.meta.dirname, 'same-choices.ts')],
    sequence: { sequencer: AsListed },
    // Each run has a new thread; the files of one share what is loaded.
    isolate: false,
    testTimeout: 60_000,
  },
});
