/** A home and a project in which the lines of the pages are run as a user would run them. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverEnv } from '../server-env.ts';
import { root } from './blocks.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const node = (script: string, ...args: string[]) => ({
  command: 'node',
  args: [script, ...args],
  env: serverEnv,
});
const official = (name: string) =>
  path.join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
const own = (name: string) => node(path.join(import.meta.dirname, 'server.ts'), name);

/** The servers that the pages name. */
const servers = {
  'my.server': { ...own('github'), disabled: true },
  files: node(official('filesystem'), '.'),
  github: own('github'),
};
const configuration = {
  mcpServers: servers,
  policy: { trustAnnotations: ['files', 'github'], deny: ['*.delete_*'] },
};
/** Servers of which only one page speaks, so that the others are not kept waiting for them. */
const more = { shop: own('shop'), camera: own('camera'), store: own('store') };

const runsFolder = 'home/.local/share/mcp-cli';

export class World {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mcp-cli-pages-'));

  get project(): string {
    return path.join(this.folder, 'project');
  }

  /** Makes the project, with nothing run in it. */
  static empty(): World {
    const world = new World();
    const fromExamples = (name: string) => path.join(root, 'examples', name);
    cpSync(path.join(import.meta.dirname, 'project'), world.project, { recursive: true });
    cpSync(fromExamples('skills/notes'), path.join(world.project, 'notes'), { recursive: true });
    cpSync(
      fromExamples('skills/programs/find-todos.ts'),
      path.join(world.project, 'find-todos.ts'),
    );
    cpSync(fromExamples('first-light'), path.join(world.project, 'examples/first-light'), {
      recursive: true,
    });
    symlinkSync(fromExamples('node_modules'), path.join(world.project, 'examples/node_modules'));
    for (const name of ['home/.config/mcp-cli', 'home/tools', runsFolder])
      mkdirSync(path.join(world.folder, name), { recursive: true });
    world.write('project/.mcp.json', configuration);
    world.write('project/servers.json', configuration);
    world.write('project/more.json', { ...configuration, mcpServers: { ...servers, ...more } });
    world.write('home/.config/mcp-cli/servers.json', configuration);
    world.write('home/tools/mcp.json', configuration);
    world.write('home/.cursor/mcp.json', {
      mcpServers: { github: servers.github, linear: own('shop') },
    });
    return world;
  }

  write(name: string, value: unknown): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  }

  remove(...names: readonly string[]): void {
    for (const name of names)
      rmSync(path.join(this.folder, name), { recursive: true, force: true });
  }

  /** Keeps what is recorded now under a name; `id` is what the pages call 4f1c2a or so there. */
  keepRuns(name: string, id: string): void {
    const to = path.join(this.folder, 'runs', name);
    cpSync(path.join(this.folder, runsFolder), to, { recursive: true });
    writeFileSync(path.join(to, 'id'), id);
  }

  /** Makes what was kept under a name all that is recorded; gives its id. */
  takeRuns(name: string): string {
    this.remove(runsFolder);
    const from = path.join(this.folder, 'runs', name);
    cpSync(from, path.join(this.folder, runsFolder), { recursive: true });
    return readFileSync(path.join(from, 'id'), 'utf8');
  }

  /** Keeps home and project as they are now. */
  keep(): void {
    this.#copy('.', 'kept');
  }

  /**
   * Makes home and project what they were. Their path is the same each time, so that what is trusted, and
   * what the cache has of servers and programs, holds for all lines.
   */
  reset(): void {
    this.remove('home', 'project');
    this.#copy('kept', '.');
  }

  #copy(from: string, to: string): void {
    for (const name of ['home', 'project'])
      cpSync(path.join(this.folder, from, name), path.join(this.folder, to, name), {
        recursive: true,
        verbatimSymlinks: true,
      });
  }

  /** Runs a script of bash in the project; with `until`, tells it to end when it has written that. */
  shell(script: string, until?: RegExp): Promise<Ended> {
    const home = path.join(this.folder, 'home');
    const env = {
      HOME: home,
      PATH: [
        path.dirname(process.execPath),
        path.join(root, 'node_modules/.bin'),
        process.env.PATH,
      ].join(':'),
      MCP_CLI_CACHE: path.join(this.folder, 'cache'),
      DOCS: import.meta.dirname,
      EDITOR: 'cat',
      TOKEN: 'a-token',
      GITHUB_TOKEN: 'a-token',
    };
    const child = spawn('bash', ['-c', `set -eo pipefail\n${script}`], {
      cwd: this.project,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    let isTold = false;
    const heard = () => {
      if (isTold || !until?.test(stdout + stderr)) return;
      isTold = child.kill('SIGTERM');
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      heard();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      heard();
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  [Symbol.dispose](): void {
    this.remove('.');
  }
}
