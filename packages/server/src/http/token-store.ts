import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean, SandboxError } from '@org/core';
import { readPrivateFile, stampOf, unusable, writePrivateFile } from './token-file.ts';
import type { TokenGrant } from './token-grant.ts';
import { parseTokenRecord, type TokenRecord, tokenRecordText } from './token-record.ts';
import { digestOf, newSecret, parseToken, parseTokenName, tokenText } from './token-text.ts';

/** A token without what proves it. */
export interface TokenSummary extends TokenGrant {
  /** ISO 8601. */
  readonly createdAt: string;
  /** Set once the token is good for nothing. */
  readonly revokedAt?: string;
}

/**
 * The operator's tokens, a file for each in one folder: `<name>.json`. Several processes may use the
 * folder at once; what one changes, the others see at their next look.
 */
export interface TokenStore {
  /**
   * What the holder of this token may do; undefined for a text that is no token of ours, or a revoked
   * one.
   * @throws SandboxError `CONFIG_INVALID`: the token's file cannot be used
   */
  authenticate(presented: string): TokenGrant | undefined;
  /** Undefined where there is no such token, or it was revoked. @throws as `authenticate` */
  grantOf(name: string): TokenGrant | undefined;
  /** By name, the revoked ones among them. @throws as `authenticate` */
  list(): Promise<readonly TokenSummary[]>;
  /**
   * A new token. Its text is nowhere kept: this is the only time that it can be seen.
   * @param reuse take the name of a revoked token, and with it its state, sessions and runs
   * @throws SandboxError `USAGE`: the name is taken; `INVALID_NAME`; as `authenticate`
   */
  add(grant: TokenGrant, reuse?: boolean): Promise<string>;
  /** @throws SandboxError `USAGE`: there is no such token, or it was revoked before; as `authenticate` */
  revoke(name: string): Promise<void>;
}

/** @param folder made at the first token that is added */
export function openTokenStore(folder: string): TokenStore {
  return new TokenFolder(folder);
}

/** What is compared where there is no token, so that the answer takes as long. */
const noDigest = Buffer.alloc(32);
const ending = '.json';

interface Kept {
  readonly stamp: string;
  readonly record: TokenRecord;
}

class TokenFolder implements TokenStore {
  readonly #folder: string;
  readonly #kept = new Map<string, Kept>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  authenticate(presented: string): TokenGrant | undefined {
    const parts = parseToken(presented);
    const record = parts === undefined ? undefined : this.#read(parts.name);
    const expected = record?.sha256 === undefined ? noDigest : Buffer.from(record.sha256, 'hex');
    const isEqual = timingSafeEqual(digestOf(parts?.secret ?? ''), expected);
    return isEqual ? record?.grant : undefined;
  }

  grantOf(name: string): TokenGrant | undefined {
    const record = this.#read(name);
    return record?.sha256 === undefined ? undefined : record.grant;
  }

  async list(): Promise<readonly TokenSummary[]> {
    const names = (await readdir(this.#folder).catch(noFolder))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length))
      .sort();
    return names.flatMap((name) => {
      const record = this.#read(parseTokenName(name));
      if (record === undefined) return [];
      const { grant, createdAt, revokedAt } = record;
      return [{ ...grant, createdAt, ...(revokedAt !== undefined && { revokedAt }) }];
    });
  }

  async add(grant: TokenGrant, reuse = false): Promise<string> {
    const name = parseTokenName(grant.name);
    const before = this.#read(name);
    if (before !== undefined && before.revokedAt === undefined) throw taken(name);
    if (before !== undefined && !reuse) throw revokedBefore(name);
    const secret = newSecret();
    const record = {
      grant,
      createdAt: new Date().toISOString(),
      sha256: digestOf(secret).toString('hex'),
    };
    const how = before === undefined ? 'create' : 'replace';
    if (!(await writePrivateFile(this.#fileOf(name), tokenRecordText(record), how))) {
      throw taken(name);
    }
    return tokenText({ name, secret });
  }

  async revoke(text: string): Promise<void> {
    const name = parseTokenName(text);
    const record = this.#read(name);
    if (record === undefined || record.revokedAt !== undefined) {
      const live = (await this.list()).filter(({ revokedAt }) => revokedAt === undefined);
      const state = record === undefined ? 'There is no token named' : 'Revoked before: the token';
      throw new SandboxError(
        'USAGE',
        `${state} ${name}.${didYouMean(
          name,
          live.map((one) => one.name),
        )}`,
        { hint: 'See mcp-cli serve token list.' },
      );
    }
    const { grant, createdAt } = record;
    const revoked = { grant, createdAt, revokedAt: new Date().toISOString() };
    await writePrivateFile(this.#fileOf(name), tokenRecordText(revoked), 'replace');
  }

  /** The file is looked at each time, and read when it has changed. */
  #read(name: string): TokenRecord | undefined {
    const file = this.#fileOf(name);
    const kept = this.#kept.get(name);
    if (kept !== undefined) {
      const info = statSync(file, { throwIfNoEntry: false });
      if (info !== undefined && stampOf(info) === kept.stamp) return kept.record;
      this.#kept.delete(name);
    }
    const read = readPrivateFile(file);
    if (read === undefined) return undefined;
    const record = parseTokenRecord(read.text);
    if (record === undefined || record.grant.name !== name) {
      throw unusable(
        file,
        'it is no file of ours',
        'Correct it, or delete it and add the token again.',
      );
    }
    this.#kept.set(name, { stamp: read.stamp, record });
    return record;
  }

  #fileOf(name: string): string {
    return path.join(this.#folder, `${name}${ending}`);
  }
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw new SandboxError('CONFIG_INVALID', 'The folder of tokens cannot be read.', {
    hint: 'Make it readable for the user of the server.',
    cause: error,
  });
}

function taken(name: string): SandboxError {
  return new SandboxError('USAGE', `There is a token named ${name} already.`, {
    hint: `Take another name, or revoke it with mcp-cli serve token revoke ${name}.`,
  });
}

function revokedBefore(name: string): SandboxError {
  return new SandboxError('USAGE', `A token named ${name} was revoked.`, {
    hint: 'Take another name, or pass --reuse-name: the new one then has its state, sessions and runs.',
  });
}
