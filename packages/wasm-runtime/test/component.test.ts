import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpile } from '@bytecodealliance/jco';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeComponent, openComponent } from '../src/component.ts';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { outbound } from '../src/wire.ts';
import { answerMessage, frames } from './steps.ts';

interface Guest {
  deliver(message: Uint8Array): void;
  collect(): Uint8Array;
}

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await createSandbox();
  folder = mkdtempSync(path.join(tmpdir(), 'component-'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** The component's guest, as stock jco makes it of nothing but the component's bytes. */
async function instantiate(component: Uint8Array, name: string): Promise<Guest> {
  const { files, imports } = await transpile(component, { name, instantiation: 'sync' });
  expect(imports).toEqual([]);
  const script = path.join(folder, `${name}.js`);
  writeFileSync(script, files[`${name}.js`] as Uint8Array);
  const module = new WebAssembly.Module(files[`${name}.core.wasm`] as BufferSource);
  const { instantiate: make } = await import(pathToFileURL(script).href);
  return make(() => module, {}).guest;
}

const source = `
const seen = new Map([['before', 1]]);
const add = (key, value) => seen.set(key, value).size;
await sleep(1e9);
add('first', Math.random());
await sleep(1e9);
return [...seen.keys(), seen.get('first')];`;

describe('toComponent()', () => {
  test('is a standard component that goes on to the result of the run itself', async () => {
    const run = await sandbox.start(source, { seed: 'seed', startTime: 0 });
    const component = await sandbox.toComponent(await run.freeze());
    const guest = await instantiate(component, 'agent');
    guest.deliver(answerMessage(1, ''));
    expect(frames(guest.collect())).toMatchObject([
      { kind: outbound.call, id: 2, fields: ['sleep', '1000000000'] },
    ]);
    guest.deliver(answerMessage(2, ''));
    const [returned] = frames(guest.collect());

    const short = source.replaceAll('1e9', '1');
    const undisturbed = await sandbox.run(short, { seed: 'seed', startTime: 0 });
    expect(undisturbed).toMatchObject({ status: 'returned' });
    expect(returned?.kind).toBe(outbound.returned);
    expect(JSON.parse(returned?.fields[0] ?? '')).toEqual(
      undisturbed.status === 'returned' && undisturbed.value,
    );
  });

  test('refuses what is no snapshot', async () => {
    await expect(sandbox.toComponent(new Uint8Array(100))).rejects.toMatchObject({
      code: 'SNAPSHOT_REFUSED',
    });
  });
});

describe('openComponent() and closeComponent()', () => {
  test('take a component apart and put it together again', async () => {
    const run = await sandbox.start(source);
    const component = await sandbox.toComponent(await run.freeze());
    const { shell, module } = openComponent(component);
    expect(WebAssembly.validate(module as BufferSource)).toBe(true);
    expect(Buffer.compare(closeComponent(shell, module), component)).toBe(0);
    expect(() => openComponent(module)).toThrow('not a component');
    expect(() => openComponent(component.subarray(0, 1000))).toThrow('unexpected end');
  });
});
