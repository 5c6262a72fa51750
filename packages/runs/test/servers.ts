import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Bridge, type BridgeOptions, createBridge, readServerConfig } from '@org/bridge';
import type { FileSystem, StateStore, VfsPath } from '@org/core';
import { SandboxError } from '@org/core';
import { introspect } from '@org/introspector';
import { onTestFinished } from 'vitest';
import { serverEnv } from '../../../test/server-env.ts';
import { fixture } from './harness.ts';

const { resolve } = createRequire(import.meta.url);
const entryOf = (name: string): string =>
  path.join(
    path.dirname(resolve(`@modelcontextprotocol/${name}/package.json`)),
    'dist',
    'index.js',
  );

interface ShopOptions {
  /** `filter` of the shop's configuration. */
  readonly shopFilter?: object;
}

/**
 * The reference servers memory, filesystem (over `folder`) and everything, and a shop, behind the real bridge;
 * their annotations are believed. Closed after the test.
 */
export async function openServers(
  folder: string,
  { shopFilter, ...options }: Partial<Omit<BridgeOptions, 'servers'>> & ShopOptions = {},
): Promise<Bridge> {
  const server = (name: string, ...args: string[]) => ({
    command: process.execPath,
    args: [entryOf(name), ...args],
    env: serverEnv,
  });
  const mcpServers = {
    memory: {
      ...server('server-memory'),
      env: { ...serverEnv, MEMORY_FILE_PATH: path.join(folder, 'memory.jsonl') },
    },
    files: server('server-filesystem', folder),
    everything: server('server-everything'),
    shop: {
      command: process.execPath,
      args: [fixture('shop.ts')],
      ...(shopFilter && { filter: shopFilter }),
      env: {
        ...serverEnv,
        ORDERS: path.join(folder, 'orders'),
        DESCRIPTION: path.join(folder, 'description'),
        GATE: path.join(folder, 'gate'),
      },
    },
  };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers }));
  const servers = await readServerConfig({ cwd: folder, env: {} });
  const policy = { trustAnnotations: true, allow: ['*'], ...options.policy };
  const bridge = createBridge({ servers, introspect, ...options, policy });
  onTestFinished(() => bridge.close());
  return bridge;
}

/** Files in memory, as a plan reads and a run writes them. */
export function memoryFiles(
  initial: Readonly<Record<string, string>> = {},
): FileSystem & { readonly files: Map<string, string> } {
  const files = new Map(Object.entries(initial));
  const missing = (at: string) => new SandboxError('FILE_NOT_FOUND', `There is no ${at}.`);
  return {
    files,
    readFile: async (at: VfsPath) => {
      const text = files.get(at);
      if (text === undefined) throw missing(at);
      return text;
    },
    writeFile: async (at: VfsPath, text: string) => {
      files.set(at, text);
    },
    listFiles: async (at: VfsPath) => {
      const names = [...files.keys()].flatMap((one) =>
        one.startsWith(`${at}/`) ? [one.slice(at.length + 1)] : [],
      );
      if (names.length === 0) throw missing(at);
      return names.sort();
    },
  };
}

export function memoryState(): StateStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: async (key) => values.get(key),
    set: async (key, json) => {
      values.set(key, json);
    },
  };
}

/** The orders that the shop of `folder` has carried out. */
export async function ordersIn(folder: string): Promise<readonly string[]> {
  const text = await readFile(path.join(folder, 'orders'), 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1);
}
