import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { exceededBound, isJsonObject, type JsonValue, SandboxError } from '@org/core';
import type { ApprovalStore } from './approvals.ts';
import type { PinnedDefinition } from './definition-change.ts';

export interface ApprovalFile extends ApprovalStore {
  /** So that the tools for which `matches` is true are asked about again. Returns how many. */
  forget(matches: (server: string, tool: string) => boolean): Promise<number>;
}

interface Approval extends PinnedDefinition {
  readonly scope: string;
  readonly server: string;
  readonly tool: string;
}

const maxFileBytes = 16 * 1024 * 1024;
const bounds = { depth: 8, containers: 100_000 };

/**
 * Approvals in a JSON file, which is written whole or not at all and is the user's alone. Two
 * processes that save at the same time may lose one of the approvals; it is asked for again.
 * @param scope where the servers' names are from, such as the path of their configuration: an
 * approval holds for no equally named server of another one
 * @throws SandboxError `CONFIG_INVALID`: each of its methods, for a file that is not one of ours
 */
export function approvalFile(file: string, scope: string): ApprovalFile {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  const isOf = (server: string, tool: string) => (one: Approval) =>
    one.scope === scope && one.server === server && one.tool === tool;
  return {
    find: (server, tool) => inTurn(async () => (await read(file)).find(isOf(server, tool))),
    save: (server, tool, { digest, parts }) =>
      inTurn(async () => {
        const old = (await read(file)).filter((one) => !isOf(server, tool)(one));
        await write(file, [...old, { scope, server, tool, digest, parts }]);
      }),
    forget: (matches) =>
      inTurn(async () => {
        const all = await read(file);
        const kept = all.filter((one) => one.scope !== scope || !matches(one.server, one.tool));
        if (kept.length < all.length) await write(file, kept);
        return all.length - kept.length;
      }),
  };
}

async function read(file: string): Promise<readonly Approval[]> {
  let text: string;
  try {
    if ((await stat(file)).size > maxFileBytes) throw unusable();
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error instanceof SandboxError ? error : unusable(error);
  }
  if (exceededBound(text, bounds) !== undefined) throw unusable();
  let root: JsonValue;
  try {
    root = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw unusable(cause);
  }
  const list = isJsonObject(root) && root.version === 1 ? root.approvals : undefined;
  if (!Array.isArray(list)) throw unusable();
  return list.map(parseApproval);
}

function parseApproval(value: JsonValue): Approval {
  if (!isJsonObject(value) || !isJsonObject(value.parts)) throw unusable();
  const { scope, server, tool, digest, parts } = value;
  for (const text of [scope, server, tool, digest, ...Object.values(parts)]) {
    if (typeof text !== 'string') throw unusable();
  }
  return value as unknown as Approval;
}

async function write(file: string, approvals: readonly Approval[]): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, approvals }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new SandboxError('CONFIG_INVALID', 'The approval cannot be remembered on this machine.', {
      hint: 'The operator can make the file of approvals writable, or approve once.',
      cause,
    });
  }
}

/** The path is the host's and a program may read this. */
function unusable(cause?: unknown): SandboxError {
  return new SandboxError('CONFIG_INVALID', 'The file of approvals cannot be read.', {
    hint: 'The operator can correct or delete it; what it approved is then asked about again.',
    cause,
  });
}
