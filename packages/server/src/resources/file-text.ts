import { SandboxError, type VfsPath } from '@org/core';
import type { AgentClient } from '../agent-host.ts';

/** A file of a session, or the names in a folder; undefined where there is neither. */
export async function fileText(
  client: AgentClient,
  session: string,
  path: VfsPath,
): Promise<{ readonly text: string; readonly mimeType: string } | undefined> {
  const files = client.files(session);
  try {
    return { text: await files.readFile(path), mimeType: mimeTypeOf(path) };
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  try {
    return { text: (await files.listFiles(path)).join('\n'), mimeType: 'text/plain' };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

const maxListed = 200;
const maxFolders = 50;

/** Paths of the files under /workspace, at most 200. */
export async function workspaceFiles(client: AgentClient, session: string): Promise<string[]> {
  const files = client.files(session);
  const found: string[] = [];
  const folders = ['/workspace'];
  for (const folder of folders) {
    if (found.length >= maxListed) break;
    const names = await files.listFiles(folder as VfsPath).catch((error) => {
      if (isAbsence(error)) return [];
      throw error;
    });
    for (const name of names) {
      if (!name.endsWith('/')) found.push(`${folder}/${name}`);
      else if (folders.length < maxFolders) folders.push(`${folder}/${name.slice(0, -1)}`);
    }
  }
  return found.slice(0, maxListed);
}

const mimeTypes: Readonly<Record<string, string>> = {
  ts: 'text/typescript',
  js: 'text/javascript',
  json: 'application/json',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
};

export function mimeTypeOf(path: string): string {
  const extension = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  return Object.hasOwn(mimeTypes, extension) ? (mimeTypes[extension] as string) : 'text/plain';
}

function isAbsence(error: unknown): boolean {
  return (
    error instanceof SandboxError &&
    ['FILE_NOT_FOUND', 'NOT_A_FILE', 'INVALID_PATH'].includes(error.code)
  );
}
