import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';
import { expect, test } from 'vitest';

test('programs of a session import what earlier ones wrote to /workspace', async () => {
  await using sandbox = await createSandbox({ files: createFileSystem() });
  const value = async (source: string): Promise<unknown> => {
    const outcome = await sandbox.run(source);
    if (outcome.status === 'returned') return outcome.value;
    throw new Error(JSON.stringify(outcome));
  };
  await value(`
    await writeFile('lib/data.json', '{ "rows": [1, 2, 3] }');
    await writeFile('lib/sum.js', 'export const sum = (list) => list.reduce((a, b) => a + b, 0);');
    await writeFile('lib/index.ts', \`
      import data from './data.json';
      import { sum } from './sum.js';
      export const total: number = sum(data.rows);
    \`);
    return await listFiles('**/*.{ts,js,json}')`);
  expect(await value("import { total } from '/workspace/lib'; export default total")).toBe(6);
  await value("await writeFile('lib/data.json', '{ \"rows\": [7] }'); return 0");
  expect(await value("import { total } from '/workspace/lib/index.ts'; return total")).toBe(7);
  const other = await createSandbox({ files: createFileSystem() });
  await using _ = other;
  const missing = await other.run("import { total } from '/workspace/lib'; return total");
  expect(missing).toMatchObject({ status: 'threw', error: { code: 'UNKNOWN_IMPORT' } });
});
