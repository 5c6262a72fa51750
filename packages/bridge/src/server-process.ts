import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process, not additions to ours. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const tailLines = 20;
const tailBytes = 4096;
/** After each step of `stop()`; three steps make less than the 2 s that a shutdown may take. */
const graceMs = 500;
/** How long output may still arrive after the process itself has ended. */
const drainMs = 250;

const running = new Set<ServerProcess>();
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/**
 * A server's process and everything it starts: it leads a process group of its own, so that
 * wrappers such as `npx` or `sh -c` do not leave the real server behind. A descendant that leaves
 * the group (`setsid`) is not reached. POSIX only.
 * While one runs, an `exit` handler of this process kills it; a signal that ends this process
 * without that event (an unhandled SIGTERM) leaves the server with only the end of its stdin.
 */
export class ServerProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly pid: number;
  /** Settles when the process has ended and its output was read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  #stderr = Buffer.alloc(0);
  #stopping: Promise<void> | undefined;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, pid: number) {
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    this.pid = pid;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.from(Buffer.concat([this.#stderr, chunk]).subarray(-tailBytes));
    });
    // A closed pipe shows up as the end of the process; without a listener it would end ours.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
    if (running.size === 0) process.on('exit', killAll);
    running.add(this);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        const finish = (): void => {
          clearTimeout(drain);
          this.kill('SIGKILL'); // What it started and left behind.
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
          running.delete(this);
          if (running.size === 0) process.off('exit', killAll);
          resolve({ code, signal });
        };
        const drain = setTimeout(finish, drainMs);
        child.once('close', finish);
      });
    });
  }

  /** @throws the system's error, with its `code`: the process could not be started */
  static start(server: ServerCommand): Promise<ServerProcess> {
    return new Promise((resolve, reject) => {
      const child = spawn(server.command, [...server.args], {
        cwd: server.cwd,
        env: { ...server.env },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child.on('error', (error) => {
        // spawn reports a missing working folder as if the command were missing.
        reject(existsSync(server.cwd) ? error : Object.assign(error, { code: 'ENOCWD' }));
      });
      child.once('spawn', () => {
        if (child.pid !== undefined) resolve(new ServerProcess(child, child.pid));
      });
    });
  }

  /** The last lines that the process wrote to stderr, as it wrote them. */
  get stderrTail(): string {
    return this.#stderr.toString('utf8').trimEnd().split('\n').slice(-tailLines).join('\n');
  }

  /** Sends `signal` to the whole group, where it still is and is ours to end. */
  kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  }

  /** End of stdin, then SIGTERM, then SIGKILL. Settles within 2 s, when nothing of it is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.stdin.end();
    if (await this.#gone()) return;
    this.kill('SIGTERM');
    if (await this.#gone()) return;
    this.kill('SIGKILL');
    await this.#gone();
  }

  async #gone(): Promise<boolean> {
    const waiting = new AbortController();
    const timeout = delay(graceMs, false, { signal: waiting.signal }).catch(() => false);
    const ended = this.ended.then(() => true);
    try {
      return await Promise.race([ended, timeout]);
    } finally {
      waiting.abort();
    }
  }
}
