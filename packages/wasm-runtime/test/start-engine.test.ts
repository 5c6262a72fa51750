import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SandboxError } from '@org/core';
import { expect, test } from 'vitest';
import { createSandbox } from '../src/index.ts';
import { startEngine } from '../src/start-engine.ts';

test('a sandbox takes an engine that was started before it, and closes it', async () => {
  const engine = startEngine({ workers: 1 });
  const sandbox = await createSandbox({ engine });
  expect(sandbox.engineDigest).toBe((await engine.loading).digest);
  expect(await sandbox.run('export default 6 * 7')).toMatchObject({ value: 42 });
  await sandbox.close();
  await expect(engine.pool.enter()).rejects.toMatchObject({ code: 'ABORTED' });
});

test('one that no sandbox takes lets its process end', async () => {
  const url = import.meta.resolve('@org/wasm-runtime/start-engine');
  const program = `import { startEngine } from ${JSON.stringify(url)};
    await startEngine().loading;
    console.log('loaded');`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    program,
  ]);
  expect(stdout).toBe('loaded\n');
});

test.each([
  [{ workers: 0 }, 'workers must be a whole number from 1, not 0.'],
  [{ runs: 1.5 }, 'runs must be a whole number from 1, not 1.5.'],
  [{ parkAfterMs: Number.NaN }, 'parkAfterMs must be a whole number from 1, not NaN.'],
])('options out of range are refused: %o', async (options, message) => {
  const refused = { constructor: SandboxError, code: 'USAGE', message };
  expect(() => startEngine(options)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
  await expect(createSandbox(options)).rejects.toMatchObject(refused);
});
