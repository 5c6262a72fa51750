import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeMajor, nodeMajors, nodeOf } from './node-majors.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';
import { packAll, root } from './packed.ts';

/** For processes on a busy machine, which may be many times as slow. */
const patience = { timeout: 240_000 };
const require = createRequire(path.join(root, 'package.json'));
const server = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
const program = `
import { get_sum } from './servers/everything';
export default async ({ n }: { n: number }) => {
  console.log('adding');
  return (await get_sum({ a: n, b: 1 })).match(/\\d+\\.$/u)?.[0];
};`;

let folder: string;
let registry: NpmRegistry;

/** A project that was empty before packages were installed into it, on one Node. */
class Project {
  readonly major: NodeMajor;
  readonly folder: string;

  constructor(name: string, major: NodeMajor) {
    this.major = major;
    this.folder = path.join(folder, `${name}-${major}`);
    mkdirSync(this.folder);
    this.write('package.json', '{ "type": "module" }');
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Runs a command that knows nothing of this workspace, with the project's Node in front. */
  async run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const env = {
      PATH: `${path.dirname(nodeOf(this.major))}:${process.env.PATH}`,
      HOME: this.path('home'),
      npm_config_registry: registry.url,
    };
    const options = { cwd: this.folder, env, ...patience, killSignal: 'SIGKILL' } as const;
    try {
      return await promisify(execFile)(command, args, options);
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${[command, ...args].join(' ')}:\n${stdout}${stderr}`, { cause: error });
    }
  }

  async install(...names: readonly string[]): Promise<void> {
    const quietly = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
    await this.run('npm', 'install', '--engine-strict', ...quietly, ...names);
    cpSync(path.join(import.meta.dirname, 'consumer'), this.folder, { recursive: true });
  }
}

/** With only the sandbox, and with every package. */
let alone: Readonly<Record<NodeMajor, Project>>;
let whole: Readonly<Record<NodeMajor, Project>>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'installed-'));
  const tarballs = path.join(folder, 'tarballs');
  mkdirSync(tarballs);
  const packed = await packAll(tarballs);
  const names = packed.map(({ name }) => name);
  registry = await startNpmRegistry(packed, path.join(root, 'node_modules/.pnpm'));
  alone = { 24: new Project('alone', 24), 26: new Project('alone', 26) };
  whole = { 24: new Project('whole', 24), 26: new Project('whole', 26) };
  for (const major of nodeMajors) {
    await alone[major].install('@org/wasm-runtime');
    await whole[major].install(...names, '@types/node');
    const mcpServers = { everything: { command: 'node', args: [server] } };
    whole[major].write('.mcp.json', JSON.stringify({ mcpServers }));
    whole[major].write('program.ts', program);
  }
}, 2 * patience.timeout);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe.each(nodeMajors)('installed into an empty project, on Node %i', patience, (major) => {
  test('every package can be imported and does its work', async () => {
    const { stdout } = await whole[major].run('node', 'imports.ts');
    expect(stdout).toBe('42 64 USAGE TS2345 0 returned\n');
  });

  test('mcp-cli says its version and that of the Node that it runs on', async () => {
    const { stdout } = await whole[major].run('node_modules/.bin/mcp-cli', '--version');
    expect(stdout).toMatch(new RegExp(`^@org/cli/\\d+\\.\\d+\\.\\d+ .* node-v${major}\\.`, 'u'));
  });

  test('mcp-cli execute calls a tool of a real server', async () => {
    const args = ['execute', 'program.ts', '--args', '{"n": 41}'];
    const { stdout, stderr } = await whole[major].run('node_modules/.bin/mcp-cli', ...args);
    expect(stdout).toBe('"42."\n');
    expect(stderr).toContain('adding');
    const json = await whole[major].run('node_modules/.bin/mcp-cli', ...args, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'returned',
      value: '42.',
      logs: [{ level: 'info', message: 'adding' }],
      calls: [{ server: 'everything', tool: 'get-sum', status: 'done' }],
    });
  });

  test('a run frozen there goes on in the other major, to the same end', async () => {
    const other = major === 24 ? 26 : 24;
    const undisturbed = JSON.parse((await alone[other].run('node', 'library.ts', 'run')).stdout);
    const snapshot = path.join(folder, `frozen-by-${major}`);
    const frozen = await alone[major].run('node', 'library.ts', 'freeze', snapshot);
    expect(JSON.parse(frozen.stdout)).toMatchObject({ status: 'suspended' });
    const thawed = await alone[other].run('node', 'library.ts', 'thaw', snapshot);
    expect(JSON.parse(thawed.stdout)).toEqual(undisturbed);
    expect(undisturbed).toMatchObject({
      status: 'returned',
      value: [expect.any(Number), 1_700_000_000_000, 2, 4],
      calls: [{ tool: 'twice' }, { tool: 'twice' }],
    });
    expect(undisturbed.usage.fuel).toBeGreaterThan(0);
    // What toComponent() gave: WebAssembly's magic, and the version that stands for a component.
    expect(thawed.stderr).toMatch(/^0061736d0d000100 \d{8}\n$/u);
  });
});

test(
  'strict TypeScript accepts the packed types, unchecked libraries included',
  patience,
  async () => {
    const tsc = path.join(root, 'node_modules/.bin/tsc');
    expect(await whole[26].run(tsc, '-p', '.')).toEqual({ stdout: '', stderr: '' });
  },
);
