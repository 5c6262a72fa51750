import { createHash } from 'node:crypto';
import {
  type FileSystem,
  mountsRoot,
  parseVfsPath,
  SandboxError,
  toolsRoot,
  type VfsPath,
  workspaceRoot,
} from '@org/core';
import { absentAnswer, askedPath, type FileQuestion } from './typescript.ts';

/** Files of one check, and no more questions than that: what is beyond counts as missing. */
const maxRemembered = 20_000;

/** Where a program has files. */
const roots: readonly VfsPath[] = [toolsRoot, workspaceRoot, mountsRoot];

/** Names that mean something to the compiler and nothing to a program. */
const meaningless = /(?:^|\/)(?:node_modules|package\.json|[tj]sconfig\.json)(?:\/|$)/u;

/** A path of the guest's file system, or undefined for one that leads elsewhere. */
function guestPath(asked: string): VfsPath | undefined {
  if (meaningless.test(asked)) return undefined;
  try {
    const path = parseVfsPath(asked);
    const root = `/${path.split('/', 2)[1]}`;
    return roots.some((one) => one === root) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an error of the file system only says that there is no such file. */
function saysMissing(error: unknown): boolean {
  return (
    error instanceof SandboxError &&
    ['FILE_NOT_FOUND', 'NOT_A_FILE', 'INVALID_PATH'].includes(error.code)
  );
}

/** A question about the guest's files with its answer; of a text its digest. */
export type SeenFile = readonly [
  question: FileQuestion,
  path: string,
  answer: string | boolean | null,
];

function digestOf(answer: string | boolean | null): string | boolean | null {
  if (typeof answer !== 'string') return answer;
  return createHash('sha256').update(answer).digest('base64');
}

type Listings = Map<VfsPath, ReadonlySet<string>>;

/**
 * The file system as the compiler sees it: the guest's, with the checker's own files over it. Each
 * question has its answer here, so that none is put to the disk.
 */
export class GuestView {
  readonly #files: FileSystem;
  readonly #own: Map<string, string>;
  /** Each question about the guest's files with its answer, to see later whether that is the same. */
  readonly #answers = new Map<
    string,
    { question: FileQuestion; path: VfsPath; answer: string | boolean | null }
  >();
  /** Why a file could not be read although it may be there, such as a server that is down. */
  readonly failures = new Map<VfsPath, SandboxError>();

  /** @param own texts by path, which may be changed later */
  constructor(files: FileSystem, own: Map<string, string>) {
    this.#files = files;
    this.#own = own;
  }

  readonly answer = async (question: string, params: unknown): Promise<unknown> => {
    const asked = askedPath(params);
    const own = this.#own.get(asked);
    if (own !== undefined) {
      if (question === 'readFile') return { content: own };
      if (question === 'fileExists') return true;
    }
    const path = guestPath(asked);
    const isFileQuestion = ['readFile', 'fileExists', 'directoryExists'].includes(question);
    if (path === undefined || !isFileQuestion || this.#answers.size > maxRemembered) {
      return absentAnswer(question, asked);
    }
    const answer = await this.#look(question, path, new Map());
    this.#answers.set(`${question} ${path}`, { question, path, answer });
    return question === 'readFile' ? { content: answer } : answer;
  };

  /** Text of a guest's file that was read; undefined where it was not. */
  text(path: string): string | undefined {
    const answer = this.#answers.get(`readFile ${path}`)?.answer;
    return typeof answer === 'string' ? answer : undefined;
  }

  /** Paths of the guest's files that were read. */
  get read(): string[] {
    return [...this.#answers.values()].flatMap(({ question, path, answer }) =>
      question === 'readFile' && answer !== null ? [path] : [],
    );
  }

  /** Whether an answer would be another one now. Then all of them are forgotten. */
  async changed(): Promise<boolean> {
    const listings: Listings = new Map();
    let same = this.failures.size === 0;
    for (const { question, path, answer } of this.#answers.values()) {
      same &&= (await this.#look(question, path, listings)) === answer;
      if (!same) break;
    }
    this.failures.clear();
    if (!same) this.#answers.clear();
    return !same;
  }

  /** All that was seen; undefined where some of it could not be read, or there was too much. */
  get seen(): SeenFile[] | undefined {
    if (this.failures.size > 0 || this.#answers.size > maxRemembered) return undefined;
    return [...this.#answers.values()].map(({ question, path, answer }) => [
      question,
      path,
      digestOf(answer),
    ]);
  }

  /** Whether the answers to these questions are the same now. */
  async stillSees(files: readonly SeenFile[]): Promise<boolean> {
    const listings: Listings = new Map();
    for (const [question, asked, answer] of files) {
      const path = guestPath(asked);
      if (path === undefined) return false;
      if (digestOf(await this.#look(question, path, listings)) !== answer) return false;
    }
    const same = this.failures.size === 0;
    this.failures.clear();
    return same;
  }

  async #look(
    question: FileQuestion,
    path: VfsPath,
    listings: Listings,
  ): Promise<string | null | boolean> {
    try {
      if (question === 'readFile') return await this.#files.readFile(path);
      if (roots.includes(path)) return question === 'directoryExists';
      const cut = path.lastIndexOf('/');
      const folder = path.slice(0, cut) as VfsPath;
      const names = listings.get(folder) ?? new Set(await this.#files.listFiles(folder));
      listings.set(folder, names);
      const name = path.slice(cut + 1);
      return names.has(question === 'fileExists' ? name : `${name}/`);
    } catch (error) {
      if (!saysMissing(error)) this.failures.set(path, asSandboxError(error));
      return question === 'readFile' ? null : false;
    }
  }
}

function asSandboxError(error: unknown): SandboxError {
  if (error instanceof SandboxError) return error;
  return new SandboxError('INTERNAL', 'A file cannot be read.', { cause: error });
}
