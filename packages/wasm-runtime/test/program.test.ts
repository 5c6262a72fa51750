import { createHash } from 'node:crypto';
import type { RunOutcome } from '@org/core';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../src/engine.ts';
import { MessageWriter } from '../src/frames.ts';
import { createSandbox, Instance } from '../src/index.ts';
import { encodeProgramFile } from '../src/program-file.ts';
import { errorAt } from '../src/source-module.ts';
import { inbound, outbound } from '../src/wire.ts';
import { frames, startLoadedMessage, startMessage } from './steps.ts';
import { done, memoryFiles, recordingTools, sharedSandbox } from './workbench.ts';

const files = memoryFiles({
  '/mcp-tools/servers/demo/index.ts': 'export { echo } from "./echo.ts";',
  '/mcp-tools/servers/demo/echo.ts':
    'export const echo = (params: object) => callTool("demo", "echo", params);',
});
const tools = recordingTools(({ tool }) => done([tool]));
const shared = sharedSandbox({ files, tools });
const { error } = shared;

const source = `import { echo } from './servers/demo';
const now = Date.now();
console.log('started', Math.random());
export const fail = (): never => {
  throw new RangeError('on purpose');
};
export default async ({ n }: { n: number }) => [await echo({ n }), crypto.randomUUID(), now];
`;
const options = { args: { n: 5 }, seed: 'seed', startTime: 1e12 };
test('an error at the beginning of a text that begins with a new line is shown there', () => {
  const place = { file: 'a.ts', text: '\nlet x', offset: 0 };
  expect(errorAt('SYNTAX', place, 'Wrong').message).toBe('Wrong (a.ts:1:1)\n  \n  ^');
});

/** An outcome without what differs from run to run. */
const fixed = ({ usage: { wallMs: _, ...usage }, runId: __, calls, ...rest }: RunOutcome) => ({
  ...rest,
  usage,
  calls: calls.map(({ ms: ___, ...call }) => call),
});

describe('a program as a file', () => {
  test.each(['toModule', 'toComponent'] as const)(
    'of %s() runs as the program itself, to the byte and the unit of fuel',
    async (form) => {
      const program = await shared.sandbox.compile(source, { name: 'report.ts' });
      const opened = shared.sandbox.openProgram(await program[form]());
      expect(JSON.stringify(opened)).toBe(JSON.stringify(program));
      const expected = await shared.sandbox.run(program, options);
      expect(expected.status).toBe('returned');
      expect(fixed(await shared.sandbox.run(opened, options))).toEqual(fixed(expected));
    },
  );

  test('keeps positions, entries and what was imported', async () => {
    const program = await shared.sandbox.compile(source, { name: 'report.ts' });
    const opened = shared.sandbox.openProgram(await program.toModule());
    const failed = await shared.sandbox.run(opened, { entry: 'fail' });
    expect(failed).toMatchObject({
      status: 'threw',
      error: { stack: 'RangeError: on purpose\n    at fail (report.ts:5:9)' },
    });
    expect(await shared.sandbox.run(opened, { entry: 'fial' })).toMatchObject({
      error: { code: 'NO_RESULT', message: expect.stringContaining('Did you mean "fail"?') },
    });
    const text = files.files.get('/mcp-tools/servers/demo/echo.ts') as string;
    expect(opened.imports).toEqual([
      expect.objectContaining({ specifier: './servers/demo', importer: '/mcp-tools/report.ts' }),
      expect.objectContaining({ specifier: './echo.ts', path: '/mcp-tools/servers/demo/echo.ts' }),
    ]);
    expect(opened.imports[1]?.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('has the same bytes for the same program, whichever sandbox and instance wrote them', async () => {
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const write = async (sandbox: typeof shared.sandbox) => {
      const program = await sandbox.compile(source);
      return [digest(await program.toModule()), digest(await program.toComponent())];
    };
    const first = await write(shared.sandbox);
    await shared.sandbox.run('globalThis.x = "y".repeat(1e5); return Math.random()');
    expect(await write(shared.sandbox)).toEqual(first);
    await using other = await createSandbox({ files, workers: 1 });
    expect(await write(other)).toEqual(first);
  });

  test('holds nothing that the host knows beside the program', async () => {
    const program = await shared.sandbox.compile('export default 1');
    const component = Buffer.from(await program.toComponent());
    for (const [name, value = ''] of Object.entries(process.env)) {
      if (value.length >= 12) expect(component.includes(value), name).toBe(false);
    }
    expect(component.includes(import.meta.dirname)).toBe(false);
  });

  test('is not written where the engine refuses its syntax', async () => {
    const program = await shared.sandbox.compile('\n export default /(?<a>x)(?<a>y)/', {
      name: 'mine.ts',
    });
    for (const form of ['toModule', 'toComponent'] as const) {
      await expect(program[form]()).rejects.toMatchObject({
        code: 'SYNTAX',
        message: expect.stringMatching(/^duplicate capture group name.* \(mine\.ts:2:17\)$/u),
      });
    }
    expect(await error('\n export default /(?<a>x)(?<a>y)/')).toMatchObject({
      name: 'SyntaxError',
      stack: expect.stringContaining('program.ts:2:17'),
    });
  });

  test('from elsewhere is refused', () => {
    const minimal = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(() => shared.sandbox.openProgram(minimal)).toThrow(
      expect.objectContaining({ code: 'PROGRAM_REFUSED' }),
    );
  });

  test.each([
    ['no JSON', 'oops'],
    ['null', 'null'],
    ['a list', '[]'],
    ['sections', '{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":1}]}'],
    ['sources that are no texts', '{"version":3,"sources":[1],"names":[],"mappings":"AAAA"}'],
    ['broken mappings', '{"version":3,"sources":["a"],"names":[],"mappings":"!!!!!!!!!;g"}'],
    ['a decoded memo', '{"_decodedMemo":{},"version":3}'],
    ['a source beyond the list', '{"version":3,"sources":[],"names":[],"mappings":"AAggggBAAA"}'],
  ])('with a source map that is %s runs, and its errors are told', async (_, map) => {
    const { digest } = await loadEngine();
    const code = '$export({ __proto__: null, get default() { return () => { null.x } } });';
    const bytes = encodeProgramFile(
      { name: 'x.ts', code, exports: ['default'], imports: [], map },
      digest,
    );
    const outcome = await shared.sandbox.run(shared.sandbox.openProgram(bytes));
    expect(outcome).toMatchObject({ status: 'threw', error: { name: 'TypeError' } });
    expect(outcome.status === 'threw' && outcome.error.stack).toMatch(
      /^TypeError: .*(\n {4}at .*)?$/u,
    );
  });
});

describe('a load frame', () => {
  const limits = { fuel: 20_000_000, memoryBytes: 2 ** 26 };
  const code = `console.log('ran'); let n = 1; n++; $export({ default: () => n + args.length })`;
  const loadMessage = (text: string) => new MessageWriter().frame(inbound.load, 0, text).finish(0);

  test('runs nothing of the program, which a start without one runs, in any instance', async () => {
    const engine = await loadEngine();
    const instance = new Instance(engine);
    instance.start(limits);
    const loaded = instance.step(loadMessage(code));
    expect(frames(loaded.output)).toEqual([]);
    const state = instance.freeze();

    const other = new Instance(engine);
    other.thaw(state, limits);
    for (const one of [instance, other]) {
      const { output } = one.step(startLoadedMessage('[1]'));
      expect(frames(output)).toEqual([
        { kind: outbound.log, id: 0, fields: ['info', 'ran', ''] },
        { kind: outbound.returned, id: 0, fields: ['3'] },
      ]);
    }
  });

  test('with wrong syntax has thrown, and a start does not change that', async () => {
    const instance = new Instance(await loadEngine());
    instance.start(limits);
    const [threw, ...others] = frames(instance.step(loadMessage('let a; let a;')).output);
    expect(others).toEqual([]);
    expect(threw).toMatchObject({
      kind: outbound.threw,
      fields: ['SyntaxError', expect.any(String), expect.stringContaining('program.js:'), ''],
    });
    expect(frames(instance.step(startLoadedMessage('[1]')).output)).toEqual([]);
  });

  test('an entry that is not there has thrown, for whoever drives a component', async () => {
    const instance = new Instance(await loadEngine());
    instance.start(limits);
    instance.step(loadMessage(code));
    expect(
      frames(instance.step(startLoadedMessage('[1]', { entry: 'main' })).output),
    ).toMatchObject([
      { kind: outbound.log },
      {
        kind: outbound.threw,
        fields: [
          'Error',
          'The program has no export named "main".',
          expect.any(String),
          'NO_RESULT',
        ],
      },
    ]);
  });

  test('is not needed: a start brings its own program', async () => {
    const instance = new Instance(await loadEngine());
    instance.start(limits);
    instance.step(loadMessage(code));
    const [returned] = frames(instance.step(startMessage('$deliver("own")')).output);
    expect(returned).toMatchObject({ kind: outbound.returned, fields: ['"own"'] });
  });
});
