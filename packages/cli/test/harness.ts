import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect, vi } from 'vitest';
import { serverEnv } from '../../../test/server-env.ts';

/** Texts that no output may ever contain, whatever the test is about. */
export const canary = {
  environment: 'canary-environment-5f1d',
  config: 'canary-config-93ab',
  header: 'canary-header-7c20',
} as const;

const root = path.resolve(import.meta.dirname, '../../..');
const bin = path.resolve(import.meta.dirname, '../bin/mcp-cli.js');
const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);
const fromRoot = (name: string): string => path.join(root, 'node_modules', name);

export interface ServerEntry {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Entries of a configuration. Those of fixtures hold a secret. */
export const servers = {
  everything: {
    command: process.execPath,
    args: [fromRoot('@modelcontextprotocol/server-everything/dist/index.js')],
    env: serverEnv,
  },
  files: {
    command: process.execPath,
    args: [fromRoot('@modelcontextprotocol/server-filesystem/dist/index.js'), '.'],
    env: serverEnv,
  },
  memory: {
    command: process.execPath,
    args: [fromRoot('@modelcontextprotocol/server-memory/dist/index.js')],
    env: serverEnv,
  },
  thinking: {
    command: process.execPath,
    args: [fromRoot('@modelcontextprotocol/server-sequential-thinking/dist/index.js')],
    env: serverEnv,
  },
  shifting: fixtureServer('shifting-server.ts'),
  tools: fixtureServer('tools-server.ts'),
  mute: fixtureServer('mute-server.ts'),
  exiting: fixtureServer('exits-at-start.ts'),
  hostile: fixtureServer('hostile-server.ts'),
  absent: { command: 'no-such-command-of-mcp-cli', env: { TOKEN: canary.config } },
} satisfies Record<string, ServerEntry>;

/** A server whose tools are the words of `file`. */
export const changingServer = (file: string): ServerEntry => ({
  command: process.execPath,
  args: [fixture('changing-server.ts'), file],
  env: { ...serverEnv, TOKEN: canary.config },
});

function fixtureServer(name: string) {
  return {
    command: process.execPath,
    args: [fixture(name)],
    env: { ...serverEnv, TOKEN: canary.config },
  };
}

export interface Finished {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document that stdout is. Fails the test if stdout is anything else. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads a document of the shape it asserts.
  json(): any;
}

export interface CliOptions {
  /** Relative to the workshop's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A command that still runs. */
export interface Started {
  readonly finished: Promise<Finished>;
  readonly child: ChildProcess;
  /** Waits until stderr has this text. */
  heard(text: string): Promise<void>;
  /** Waits until stdout has this text. */
  said(text: string): Promise<void>;
}

const compiledCode = path.join(root, 'node_modules/.cache/mcp-cli-code');
/**
 * Without code that is kept each process would compile the command line anew, since each test has a
 * home of its own. Of kept code V8 does not tell all that coverage wants to know.
 */
const compiling =
  process.env.NODE_V8_COVERAGE === undefined
    ? { NODE_COMPILE_CACHE: compiledCode }
    : { NODE_DISABLE_COMPILE_CACHE: '1' };
/** How long something hangs until it counts as that. */
const longestMs = 150_000;
const patience = { timeout: 60_000, interval: 20 };
/** On two noisy cores more processes at once only wait for each other. */
const seats = { free: 3, waiting: [] as (() => void)[] };

async function seat(): Promise<Disposable> {
  if (seats.free === 0) await new Promise<void>((resolve) => seats.waiting.push(resolve));
  else seats.free--;
  return {
    [Symbol.dispose]() {
      const next = seats.waiting.shift();
      if (next === undefined) seats.free++;
      else next();
    },
  };
}

/** What a terminal would act on, or a reader would not see. */
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

/** A folder with files and a configuration, in which mcp-cli is run as a user would run it. */
export class Workshop {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async write(name: string, text: string | Uint8Array): Promise<string> {
    await mkdir(path.dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
    return name;
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  /** Writes `.mcp.json`, or another file; each server adds its process id to `<name>.pid`. */
  async configure(entries: Readonly<Record<string, ServerEntry>>, file = '.mcp.json') {
    const mcpServers = Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [
        name,
        entry.command === undefined
          ? entry
          : { ...entry, env: { ...entry.env, PID_FILE: this.path(`${name}.pid`) } },
      ]),
    );
    await this.write(file, JSON.stringify({ mcpServers }));
  }

  async cli(args: readonly string[], options: CliOptions = {}): Promise<Finished> {
    return (await this.start(args, options)).finished;
  }

  /** Runs `source` as a program. */
  async run(source: string, ...args: string[]): Promise<Finished> {
    await this.write('program.ts', source);
    return this.cli(['execute', 'program.ts', ...args]);
  }

  async start(args: readonly string[], options: CliOptions = {}): Promise<Started> {
    const taken = await seat();
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: path.resolve(this.folder, options.cwd ?? '.'),
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        SECRET_OF_THE_USER: canary.environment,
        ...compiling,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      for (const listener of listeners) listener();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      for (const listener of listeners) listener();
    });
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        for (const listener of listeners) listener();
        const json = () => JSON.parse(stdout);
        resolve({ code, signal, stdout, stderr, json });
      });
    })
      .finally(() => taken[Symbol.dispose]())
      .then(async (result) => {
        checkOutput(result);
        await this.#checkServersGone();
        return result;
      });
    const waitFor = (text: string, output: () => string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (output().includes(text)) resolve();
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`Ended before it said ${JSON.stringify(text)}:\n${stderr}${stdout}`));
          } else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      });
    return {
      finished,
      child,
      heard: (text) => waitFor(text, () => stderr),
      said: (text) => waitFor(text, () => stdout),
    };
  }

  /** The process id that a fixture server left, once it runs. */
  async pidOf(server: string): Promise<number> {
    const file = this.path(`${server}.pid`);
    return vi.waitFor(() => {
      const pid = pidsIn(readFileSync(file, 'utf8')).at(-1);
      return pid ?? expect.fail(`${file} is empty`);
    }, patience);
  }

  /** How often a fixture server was started. */
  async startsOf(server: string): Promise<number> {
    return pidsIn(await this.read(`${server}.pid`).catch(() => '')).length;
  }

  async #checkServersGone(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith('.pid')) continue;
      for (const pid of pidsIn(await this.read(name))) {
        await vi.waitFor(
          () => expect(isAlive(pid), `${name}: ${pid} is left`).toBe(false),
          patience,
        );
      }
    }
  }
}

/** The process ids of a file: one a line, as runs beside each other use the same servers. */
const pidsIn = (text: string): number[] =>
  [...text.matchAll(/^(\d+)\n/gm)].map(([pid]) => Number(pid));

function checkOutput({ stdout, stderr }: Finished): void {
  const output = stdout + stderr;
  for (const secret of Object.values(canary)) expect(output).not.toContain(secret);
  expect(output).not.toMatch(acting);
}

/** Whether the process runs; one that has ended and that nobody waited for does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const file = `/proc/${pid}/stat`;
  return !(existsSync(file) && readFileSync(file, 'utf8').includes(') Z '));
}

/** A test with a workshop of its own. */
export const test = base.extend<{ workshop: Workshop }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from it.
  workshop: async ({}, use) => {
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mcp-cli-')));
    await use(new Workshop(folder));
    // A server that has been told to end may still write.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  },
});

/** The members of every outcome besides its status and what belongs to that. */
const recordKeys = ['calls', 'logs', 'runId', 'status', 'usage'];
const usageKeys = [
  'bytesFromTools',
  'bytesReturned',
  'cacheHits',
  'fuel',
  'memoryBytes',
  'toolCalls',
  'wallMs',
];
const callKeys = ['bytes', 'cached', 'ms', 'server', 'status', 'tool'];

export const keysOf = (value: object): string[] => Object.keys(value).sort();

/** The outcome in stdout, after a look at its shape: exactly what the design says. */
export function outcomeOf(result: Finished, extra: 'value' | 'error' | 'limit') {
  const outcome = result.json();
  expect(keysOf(outcome)).toEqual([...recordKeys, extra].sort());
  expect(keysOf(outcome.usage)).toEqual(usageKeys);
  for (const call of outcome.calls) expect(keysOf(call)).toEqual(callKeys);
  for (const { level, message, fields: _, ...rest } of outcome.logs) {
    expect([typeof level, typeof message, rest]).toEqual(['string', 'string', {}]);
  }
  if (extra === 'error') {
    const { name, message, stack, code: _, ...rest } = outcome.error;
    expect([typeof name, typeof message, typeof stack, rest]).toEqual([
      'string',
      'string',
      'string',
      {},
    ]);
  }
  expect(result.stderr).toBe('');
  return outcome;
}

export function expectAll(text: string, wanted: readonly (string | RegExp)[]): void {
  for (const part of wanted) {
    if (typeof part === 'string') expect(text).toContain(part);
    else expect(text).toMatch(part);
  }
}

/** Entries of servers that work, that fail in several ways, and one that lacks a variable. */
export const faulty: Readonly<Record<string, ServerEntry>> = {
  tools: servers.tools,
  exiting: servers.exiting,
  absent: servers.absent,
  unset: { ...servers.tools, args: [`\${MCP_CLI_NOT_SET}`] },
};
