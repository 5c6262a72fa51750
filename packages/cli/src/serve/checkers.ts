import { availableParallelism } from 'node:os';
import { type Checker, type CheckResult, createChecker } from '@org/checker';
import { type FileSystem, parseVfsPath, SandboxError, toolsRoot, type VfsPath } from '@org/core';
import { type CheckedSource, isAbsence } from '../program-check.ts';

/** What the type check of a program came to. */
export interface Checked {
  /** Undefined where there is none to be had. */
  readonly result: CheckResult | undefined;
  /** Why an imported file could not be read, such as a server that is down. */
  readonly failure: SandboxError | undefined;
}

/** A compiler process, and the file system of the program that it looks at. */
interface Seat {
  readonly checker: Checker;
  files: FileSystem;
  failure: SandboxError | undefined;
  /** Whose program it checked last: whatever that session has read need not be read again. */
  session: string;
  waiting: number;
  last: Promise<unknown>;
}

/** Compiler processes that stay for the programs of all clients; each checks one at a time. */
export class Checkers implements AsyncDisposable {
  readonly #seats: Seat[] = [];
  readonly #most: number;
  readonly #onProblem: (message: string) => void;

  /** @param onProblem told where programs cannot be checked, for which runs need not wait */
  constructor(onProblem: (message: string) => void, most = Math.min(4, availableParallelism())) {
    this.#onProblem = onProblem;
    this.#most = most;
  }

  /** @param session for which the same seat is taken again, where it is free */
  async check(program: CheckedSource, files: FileSystem, session: string): Promise<Checked> {
    // A server that takes its time keeps nobody else waiting.
    await readServers(program.source, files);
    const seat = this.#seat(session);
    seat.waiting++;
    const checking = seat.last.then(() => this.#checkIn(seat, program, files, session));
    seat.last = checking.catch(() => {});
    try {
      return await checking;
    } finally {
      seat.waiting--;
    }
  }

  async #checkIn(
    seat: Seat,
    { source, name }: CheckedSource,
    files: FileSystem,
    session: string,
  ): Promise<Checked> {
    Object.assign(seat, { files, session, failure: undefined });
    try {
      const result = await seat.checker.check(source, { name });
      return { result, failure: seat.failure };
    } catch (error) {
      if (!(error instanceof SandboxError) || error.code !== 'INTERNAL') throw error;
      this.#onProblem(`The types of a program were not checked: ${error.message}`);
      return { result: undefined, failure: seat.failure };
    }
  }

  #seat(session: string): Seat {
    const idle = this.#seats.filter(({ waiting }) => waiting === 0);
    const own = idle.find((seat) => seat.session === session) ?? idle[0];
    if (own !== undefined) return own;
    if (this.#seats.length < this.#most) return this.#addSeat();
    return this.#seats.reduce((one, other) => (other.waiting < one.waiting ? other : one));
  }

  #addSeat(): Seat {
    const read = async <Value>(work: (files: FileSystem) => Promise<Value>): Promise<Value> => {
      try {
        return await work(seat.files);
      } catch (error) {
        if (error instanceof SandboxError && !isAbsence(error)) seat.failure ??= error;
        throw error;
      }
    };
    const checker = createChecker({
      files: {
        readFile: (path) => read((files) => files.readFile(path)),
        listFiles: (path) => read((files) => files.listFiles(path)),
        writeFile: (path, text) => seat.files.writeFile(path, text),
      },
    });
    const seat: Seat = {
      checker,
      files: nowhere,
      failure: undefined,
      session: '',
      waiting: 0,
      last: Promise.resolve(),
    };
    this.#seats.push(seat);
    return seat;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#seats.map(({ checker }) => checker[Symbol.asyncDispose]()));
  }
}

const none = async (path: VfsPath): Promise<never> => {
  throw new SandboxError('FILE_NOT_FOUND', `There is no ${path}.`);
};
const nowhere: FileSystem = { readFile: none, writeFile: none, listFiles: none };

/** Has the wrappers made that a program imports; what cannot be had is told by the check. */
async function readServers(source: string, files: FileSystem): Promise<void> {
  const folders = new Set(source.match(/servers\/[\w.-]+/gu));
  const reading = [...folders].slice(0, 100).map(async (folder) => {
    await files.listFiles(parseVfsPath(folder, toolsRoot));
  });
  await Promise.allSettled(reading);
}
