import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { isJsonObject, makeFolder } from '@org/core';
import { readRegularFile } from './regular-file.ts';

const maxBytes = 256 * 1024;

/** Where an OS keeps the data of a user's programs. */
export function defaultTokenFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'darwin') {
    return path.join(homedir(), 'Library', 'Application Support', 'mcp-cli', 'tokens');
  }
  const xdg = env.XDG_DATA_HOME;
  const data = xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.local', 'share');
  return path.join(data, 'mcp-cli', 'tokens');
}

/** A JSON object in a file that only its user can read, such as the tokens for one server. */
export class TokenFile {
  readonly #folder: string;
  readonly #file: string;

  /** @param key what the object is for; it is not written anywhere */
  constructor(folder: string, key: readonly string[]) {
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 40);
    this.#folder = folder;
    this.#file = path.join(folder, `${name}.json`);
  }

  /** Empty where there is none, or none that can be read. */
  async read(): Promise<Readonly<Record<string, unknown>>> {
    try {
      const text = (await readRegularFile(this.#file, maxBytes)).toString('utf8');
      const value: unknown = JSON.parse(text);
      return isJsonObject(value) ? value : {};
    } catch {
      return {};
    }
  }

  /** Replaces the file as a whole. */
  async write(value: object): Promise<void> {
    makeFolder(this.#folder, (one) => mkdirSync(one, { mode: 0o700 }));
    const draft = `${this.#file}.${randomUUID()}`;
    try {
      await writeFile(draft, JSON.stringify(value), { mode: 0o600, flag: 'wx', flush: true });
      await rename(draft, this.#file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
