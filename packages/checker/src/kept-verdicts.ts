import { createHash } from 'node:crypto';
import type { GuestView, SeenFile } from './guest-view.ts';
import type { Language } from './typescript.ts';

/** Where verdicts are kept from one process to the next. What it gives back is not trusted to be whole. */
export interface VerdictStore {
  /** @param key hex */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, bytes: Uint8Array): void;
}

export interface KeptVerdictsOptions {
  readonly store: VerdictStore;
  /** Names the code that checks: another one may come to another verdict. */
  readonly edition: string;
}

/** A program that asks for more files is checked each time. */
const maxFiles = 2_000;

/**
 * Programs that have nothing wrong with them, not even a warning, each with all that the compiler saw
 * of the guest's files. While all of that is the same, so is the verdict.
 */
export class KeptVerdicts {
  readonly #store: VerdictStore;
  readonly #edition: string;

  constructor({ store, edition }: KeptVerdictsOptions) {
    this.#store = store;
    this.#edition = edition;
  }

  #key(source: string, language: Language): string {
    const text = JSON.stringify([this.#edition, language, source]);
    return createHash('sha256').update(text).digest('hex');
  }

  /** Whether the program was found faultless, and nothing that mattered has changed. */
  async holds(source: string, language: Language, view: GuestView): Promise<boolean> {
    const bytes = await this.#store.read(this.#key(source, language));
    const files = bytes === undefined ? undefined : parseFiles(bytes);
    return files !== undefined && (await view.stillSees(files));
  }

  keep(source: string, language: Language, view: GuestView): void {
    const files = view.seen;
    if (files === undefined || files.length > maxFiles) return;
    this.#store.write(this.#key(source, language), Buffer.from(JSON.stringify(files)));
  }
}

function parseFiles(bytes: Uint8Array): SeenFile[] | undefined {
  try {
    const files: unknown = JSON.parse(Buffer.from(bytes).toString());
    return Array.isArray(files) && files.length > 0 && files.every(isSeenFile) ? files : undefined;
  } catch {
    return undefined;
  }
}

function isSeenFile(value: unknown): value is SeenFile {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [question, path, answer] = value;
  return (
    ['readFile', 'fileExists', 'directoryExists'].includes(question) &&
    typeof path === 'string' &&
    (typeof answer === 'string' || typeof answer === 'boolean' || answer === null)
  );
}
