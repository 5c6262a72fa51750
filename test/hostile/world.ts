import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bridge, createBridge, readServerConfig } from '@org/bridge';
import { generateGlobals, generateServerFiles } from '@org/codegen';
import { type FileSystem, parseVfsPath, type ServerId, toolsRoot, type VfsPath } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox, type Sandbox } from '@org/wasm-runtime';

/** Each in another place of the host: the environment, a server's, a header, the configuration. */
export const canaries = {
  environment: 'canary-of-the-environment-5f1c',
  server: 'canary-of-a-server-77ab',
  header: 'canary-of-a-header-c03d',
  argument: 'canary-of-an-argument-91ee',
} as const;

const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);

/** The whole way of a program: real servers over stdio and HTTP, the bridge, files, the sandbox. */
export interface World extends AsyncDisposable {
  /** A sandbox with state of its own. */
  sandbox(): Promise<Sandbox>;
  /** From now on programs have files of their own, which nobody has written to. */
  cleanFiles(): void;
}

async function serveHttp(): Promise<{ readonly port: number; readonly end: () => void }> {
  const server = fork(fixture('tools-server.ts'), ['--http'], {
    env: { ...process.env, TOKEN: canaries.header },
  });
  const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
  return { port, end: () => server.kill() };
}

function configuration(port: number): object {
  const node = process.execPath;
  return {
    mcpServers: {
      tools: {
        command: node,
        args: [fixture('tools-server.ts'), canaries.argument],
        env: { TOKEN: canaries.server },
      },
      web: {
        type: 'http',
        url: `http://127.0.0.1:${port}/mcp`,
        headers: { 'x-token': canaries.header },
      },
      wrong: {
        type: 'http',
        url: `http://127.0.0.1:${port}/mcp`,
        headers: { 'x-token': canaries.environment },
      },
      dying: {
        command: node,
        args: [fixture('dying-server.ts'), canaries.argument],
        env: { TOKEN: canaries.server },
      },
      absent: { command: `/nowhere/${canaries.argument}`, args: [] },
    },
    policy: { deny: ['tools.secret'] },
  };
}

async function wrappersOf(bridge: Bridge): Promise<ReadonlyMap<VfsPath, string>> {
  const files = new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]);
  for (const server of ['tools', 'web'] as ServerId[]) {
    const catalog = bridge.permitted(await bridge.catalog(server));
    for (const [file, text] of generateServerFiles(catalog, server)) files.set(file, text);
  }
  return files;
}

/** @throws what reading the configuration or connecting throws */
export async function openWorld(): Promise<World> {
  process.env.CANARY = canaries.environment;
  const folder = await mkdtemp(path.join(tmpdir(), 'hostile-'));
  const web = await serveHttp();
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify(configuration(web.port)));
  const bridge = createBridge({
    servers: await readServerConfig({ cwd: folder, env: process.env }),
    introspect,
  });
  const wrappers = await wrappersOf(bridge);
  let current = createFileSystem();
  const cleanFiles = () => {
    current = createFileSystem();
    current.publish(wrappers);
  };
  cleanFiles();
  const files: FileSystem = {
    readFile: (file) => current.readFile(file),
    writeFile: (file, text) => current.writeFile(file, text),
    listFiles: (file) => current.listFiles(file),
  };
  return {
    sandbox: () => createSandbox({ tools: bridge.pinned(), files, profile: 'strict', workers: 2 }),
    cleanFiles,
    [Symbol.asyncDispose]: async () => {
      await bridge.close();
      web.end();
      await rm(folder, { recursive: true });
    },
  };
}
