/**
 * From two servers to a skill, on the command line: introspect, generate, check, execute, skill save,
 * skill run, run show, run replay.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { official, Project } from '../project.ts';

const here = (name: string) => path.join(import.meta.dirname, name);
using project = new Project(
  { files: official('filesystem', '.'), everything: official('everything') },
  here('programs/refunds.ts'),
  here('../first-light/orders'),
);
const mcp = (...args: readonly string[]) => project.cli(args);
const tell = (command: string, seen: string) => console.log(`${command.padEnd(12)} ${seen}`);

const catalogs = JSON.parse(mcp('introspect', 'files', 'everything', '--json')).servers;
const tools = catalogs.flatMap((one: { readonly tools: readonly object[] }) => one.tools);
assert.equal(catalogs.length, 2);
assert.ok(tools.some(({ name }: { readonly name: string }) => name === 'read_text_file'));
tell('introspect', 'what the two servers offer, read_text_file among it');

mcp('generate', '--output', 'api');
assert.match(
  project.read('api/servers/files/read_text_file.ts'),
  /export function read_text_file/u,
);
tell('generate', 'each tool is a typed function, in a file of its own');

// A mistake in the types is found before anything is called.
project.write('wrong.ts', project.read('refunds.ts').replace('path: `', 'file: `'));
assert.match(project.cli(['check', 'wrong.ts'], 1), /TS2353.*'file' does not exist/u);
mcp('check', 'refunds.ts');
tell('check', "'file' is no parameter of read_text_file; with 'path' there is no error");

const args = JSON.stringify({ above: 900 });
const result = JSON.parse(mcp('execute', 'refunds.ts', '--args', args));
assert.deepEqual(result, { refunds: 58, above: ['11251', '11015', '10035', '11235', '11229'] });
tell('execute', JSON.stringify(result));

mcp('skill', 'save', 'refunds.ts');
const ofSkill = JSON.parse(mcp('skill', 'run', 'refunds', '--above', '940'));
assert.deepEqual(ofSkill, { refunds: 58, above: ['11251'] });
tell('skill run', JSON.stringify(ofSkill));

const shown = mcp('run', 'show', 'last');
assert.match(shown, /returned/u);
tell('run show', `${shown.match(/done +files\./gu)?.length} calls, with what each took`);

const replay = JSON.parse(mcp('run', 'replay', 'last', '--json'));
assert.equal(replay.same, true);
tell('run replay', 'the same calls, result, logs and fuel, without a server');
