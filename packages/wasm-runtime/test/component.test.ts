import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpile } from '@bytecodealliance/jco';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeComponent, openComponent } from '../src/component.ts';
import { stateExport } from '../src/core-module.ts';
import { createSandbox, Instance, loadEngine, type Sandbox } from '../src/index.ts';
import { unpackState } from '../src/packed-state.ts';
import { decodeSnapshot } from '../src/snapshot.ts';
import { standaloneComponent } from '../src/standalone.ts';
import { outbound } from '../src/wire.ts';
import { answerMessage, frames, startLoadedMessage } from './steps.ts';

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

  test('of a program that was not started runs it from its beginning, with any entry', async () => {
    const program = await sandbox.compile(`
      let calls = 0;
      console.log('begun');
      const call = async (x) => { calls++; return callTool('s', 't', x); };
      export const twice = async ({ n }) => [await call(n), await call(n + 1), calls];
      export default () => calls;`);
    const component = await program.toComponent();
    const guest = await instantiate(component, 'loaded');
    guest.deliver(startLoadedMessage('{"n":5}', { entry: 'twice' }));
    expect(frames(guest.collect())).toEqual([
      { kind: outbound.log, id: 0, fields: ['info', 'begun', ''] },
      { kind: outbound.call, id: 1, fields: ['callTool', 's', 't', '5'] },
    ]);
    guest.deliver(answerMessage(1, '"first"'));
    expect(frames(guest.collect())).toMatchObject([{ kind: outbound.call, id: 2 }]);
    guest.deliver(answerMessage(2, '"second"'));
    expect(frames(guest.collect())).toEqual([
      { kind: outbound.returned, id: 0, fields: ['["first","second",2]'] },
    ]);

    const again = await instantiate(component, 'again');
    again.deliver(startLoadedMessage('{}'));
    expect(frames(again.collect()).at(-1)?.fields).toEqual(['0']);
  });

  test('holds all of memory and the globals, grown memory included', async () => {
    const run = await sandbox.start('const big = new Uint8Array(3e7).fill(7); await sleep(1e9)');
    const snapshot = await run.freeze();
    const engine = await loadEngine();
    const state = unpackState(decodeSnapshot(snapshot, engine, 2 ** 32).state);
    expect(state.pages * 65_536).toBeGreaterThan(engine.memoryBytes);
    const thawed = new Instance(engine);
    thawed.thaw(state, { fuel: 1, memoryBytes: 2 ** 28 });

    // At rest they are what they were at the start, so a test of them needs others.
    const changed = { ...state, globals: state.globals.map((value) => -value - 1n) };
    const { module } = openComponent(await standaloneComponent(engine, changed));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource));
    const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
    expect(Buffer.compare(memory, thawed.memory)).toBe(0);
    const globals = state.globals.map((_, index) => exports[stateExport(index)]);
    const values = globals.map((global) => BigInt((global as WebAssembly.Global).value));
    expect(values).toEqual(changed.globals);
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
    expect(Buffer.compare(closeComponent(shell, [module]), component)).toBe(0);
    expect(() => openComponent(module)).toThrow('not a component');
    expect(() => openComponent(component.subarray(0, 1000))).toThrow('unexpected end');
  });
});
