import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = path.join(root, 'packages/cli/bin/mcp-cli.js');
const ledgerServer = path.join(root, 'packages/cli/test/fixtures/ledger-server.ts');

/** What the process takes at one moment. */
export interface Sample {
  /** Since the service began, in seconds. */
  readonly at: number;
  readonly rssBytes: number;
  readonly handles: number;
  readonly threads: number;
}

/** `mcp-cli serve --http` in a folder of its own, as a service runs it. */
export class Service {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #began = performance.now();
  readonly #errors: string[] = [];

  private constructor(child: ChildProcess, url: string, errors: string[]) {
    this.#child = child;
    this.url = url;
    this.#errors = errors;
  }

  static async start(folder: string): Promise<Service> {
    const ledger = {
      command: process.execPath,
      args: [ledgerServer],
      env: { LEDGER: path.join(folder, 'ledger') },
    };
    const config = { mcpServers: { ledger }, policy: { ask: ['ledger.list'] } };
    writeFileSync(path.join(folder, '.mcp.json'), JSON.stringify(config));
    const child = spawn(process.execPath, [bin, 'serve', '--http', '0', '--session-idle', '1m'], {
      ...{ cwd: folder, env: environment(folder), stdio: ['ignore', 'ignore', 'pipe'] },
    });
    const errors: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      const found = /"urls":\["([^"]+)"/u.exec(line)?.[1];
      if (found !== undefined) resolve(found);
      else if (/"level":(?:40|50|60)/u.test(line) && errors.length < 100) errors.push(line);
    });
    child.once('close', (code) =>
      reject(new Error(`It ended with ${code}:\n${errors.join('\n')}`)),
    );
    return new Service(child, await promise, errors);
  }

  /** Warnings and errors that it logged, the first hundred. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  sample(): Sample {
    const { pid } = this.#child;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const number = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'mu').exec(status)?.[1]);
    return {
      at: Math.round((performance.now() - this.#began) / 1_000),
      rssBytes: number('VmRSS') * 1_024,
      handles: readdirSync(`/proc/${pid}/fd`).length,
      threads: number('Threads'),
    };
  }

  async end(): Promise<number | null> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = await closed;
    return code as number | null;
  }
}

/** The text of a new token. */
export function addToken(folder: string, name: string): string {
  const args = [bin, 'serve', 'token', 'add', name];
  const options = { cwd: folder, env: environment(folder), encoding: 'utf8' as const };
  return execFileSync(process.execPath, args, options).trim().split(/\s+/u).at(-1) ?? '';
}

const environment = (folder: string) => ({ PATH: process.env.PATH, HOME: folder });
