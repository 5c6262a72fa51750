import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Writable memory of the process. A check of a large program takes a tenth of it. */
const maxMemoryKiB = 512 * 1024;
const shell = '/bin/sh';

/**
 * Starts the command, and kills it when the pipe 3 ends: when we want that, or are no more. A
 * process that computes may not look at its input for minutes. Signals are for our process: a
 * terminal's Ctrl-C reaches all of its group, and must not end the guard before what it guards.
 */
const guard = `trap '' HUP INT TERM
{ ulimit -c 0; ulimit -d ${maxMemoryKiB}; } 2>/dev/null
exec 4<&0
"$0" "$@" <&4 3<&- 4<&- &
child=$!
exec <&- >&- 4<&-
read -r _ <&3
kill -9 $child 2>/dev/null
wait $child`;

/**
 * A process with limits that the system enforces and an end that comes with ours, where there is a
 * POSIX shell; elsewhere a plain one.
 */
export class GuardedProcess {
  readonly stdin: Socket;
  readonly stdout: Socket;
  /** Once the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #guard: Socket | undefined;

  constructor(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const guarded = existsSync(shell);
    const [command, ...rest] = guarded ? [shell, '-c', guard, file, ...args] : [file, ...args];
    this.#child = spawn(command as string, rest, {
      cwd: '/',
      // Nothing of ours is for it to know; and what it says when it dies is not for our terminal.
      env: { ...env },
      stdio: ['pipe', 'pipe', 'ignore', guarded ? 'pipe' : 'ignore'],
      windowsHide: true,
    });
    this.stdin = this.#child.stdin as Socket;
    this.stdout = this.#child.stdout as Socket;
    this.#guard = guarded ? (this.#child.stdio[3] as Socket) : undefined;
    // A process that is gone says so by its end.
    this.stdin.on('error', () => {});
    this.stdout.on('error', () => {}).once('close', () => this.kill());
    this.#guard?.on('error', () => {}).resume();
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve()).once('error', () => resolve());
    });
  }

  /** Whether it keeps our process from ending. */
  hold(held: boolean): void {
    const parts = [this.#child, this.stdin, this.stdout, ...(this.#guard ? [this.#guard] : [])];
    for (const part of parts) {
      if (held) part.ref();
      else part.unref();
    }
  }

  kill(): void {
    if (this.#guard === undefined) this.#child.kill('SIGKILL');
    else this.#guard.destroy();
  }
}
