import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bridge, createBridge, readServerConfig } from '@org/bridge';
import { generateServerFiles } from '@org/codegen';
import { type FileSystem, SandboxError, type ServerId, type ToolCaller } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';
import { isAlive } from '../../../packages/bridge/test/harness.ts';
import type { ServerEnd, ServerGroup } from './server-attack.ts';
import { hostNames, listeningSockets } from './unchanged.ts';

/** Each in another place of the host. */
const canaries = {
  environment: 'canary-of-the-environment-5f1c',
  server: 'canary-of-a-server-77ab',
  header: 'canary-of-a-header-c03d',
  argument: 'canary-of-an-argument-91ee',
} as const;

interface ServerAttempt {
  readonly end: ServerEnd;
  /** Secrets of the host in what a program or a person gets to see. */
  readonly told: readonly string[];
  /** Characters that act on a terminal, or that nobody sees, in wrappers. */
  readonly unseen: readonly string[];
  readonly polluted: boolean;
  readonly goodRunsRight: boolean;
  /** Processes, sockets and files that are there after it and were not before. */
  readonly left: readonly string[];
}

export interface ServerWorld extends AsyncDisposable {
  /** @param entry of the configuration, for the hostile server */
  attempt(entry: object, group: ServerGroup<unknown>): Promise<ServerAttempt>;
  /** Where a server over stdio notes its process. */
  readonly pids: string;
  /** A folder for what servers are to do. */
  readonly folder: string;
  readonly canaries: typeof canaries;
}

const bad = 'bad' as ServerId;
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;
const good = `import { echo } from './servers/good';
const { said } = await echo({ said: 'well' });
export default [said, typeof polluted, {}.polluted ?? null];`;
const goodEnd = JSON.stringify(['well', 'undefined', null]);
const importing = `import * as all from './servers/bad'; export default Object.keys(all).length > -1;`;
const calling = `export default await callTool('bad', 't', {});`;

/** The bridge, the wrappers and the sandbox of a program, with a good server beside a hostile one. */
export async function openServerWorld(goodEntry: object): Promise<ServerWorld> {
  process.env.CANARY_OF_THE_HOST = canaries.environment;
  const folder = await mkdtemp(path.join(tmpdir(), 'hostile-host-'));
  const pids = path.join(folder, 'pids');
  let bridge: Bridge | undefined;
  let files: FileSystem = createFileSystem();
  const current: ToolCaller = {
    tellsSent: true,
    callTool: (call, options) => (bridge as Bridge).callTool(call, options),
  };
  const sandbox = await createSandbox({
    tools: current,
    files: {
      readFile: (file) => files.readFile(file),
      writeFile: (file, text) => files.writeFile(file, text),
      listFiles: (file) => files.listFiles(file),
    },
    profile: 'strict',
    limits: { wallMs: 60_000 },
    workers: 1,
  });
  const run = async (source: string) => sandbox.run(source, { seed: 'seed' });

  async function endOf(
    wanted: ServerEnd,
    wrappers: Map<string, string>,
  ): Promise<[ServerEnd, string]> {
    try {
      const catalog = await (bridge as Bridge).catalog(bad);
      const own = createFileSystem();
      const goodOnes = generateServerFiles(
        await (bridge as Bridge).catalog('good' as ServerId),
        'good',
      );
      const badOnes = generateServerFiles(catalog, 'bad');
      own.publish(new Map([...goodOnes, ...badOnes]));
      files = own;
      for (const [file, text] of badOnes) wrappers.set(file, text);
      if ('offers' in wanted) {
        const outcome = await run(importing);
        if (outcome.status !== 'returned') return [{ threw: JSON.stringify(outcome) }, ''];
        const rejected = catalog.rejected.length;
        const offers = catalog.tools.map(({ name }) => name);
        return [{ offers, ...(rejected > 0 && { rejected }) }, JSON.stringify(catalog.rejected)];
      }
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      return [{ unavailable: error.code }, `${error.message} ${error.hint}`];
    }
    const outcome = await run(calling);
    const text = JSON.stringify(outcome);
    if (outcome.status === 'returned') return [{ returned: outcome.value }, text];
    if (outcome.status !== 'threw') return [{ threw: outcome.status }, text];
    return [{ threw: outcome.error.code ?? outcome.error.name }, text];
  }

  async function stillAlive(): Promise<string[]> {
    const started = (await readFile(pids, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const alive: string[] = [];
    for (const pid of started) {
      // One that was killed is gone when the system has taken note of it.
      for (let looks = 0; looks < 500 && (await isAlive(Number(pid))); looks++) await delay(10);
      if (await isAlive(Number(pid))) alive.push(`process ${pid}`);
    }
    return alive;
  }

  return {
    pids,
    folder,
    canaries,
    async attempt(entry, { end: wanted, caps = {} }) {
      await rm(pids, { force: true });
      const [names, sockets] = [hostNames(), listeningSockets()];
      const config = path.join(folder, '.mcp.json');
      await writeFile(config, JSON.stringify({ mcpServers: { bad: entry, good: goodEntry } }));
      const said: string[] = [];
      bridge = createBridge({
        servers: await readServerConfig({ cwd: folder, configPath: config, env: process.env }),
        introspect,
        caps,
        reconnect: { failures: 1_000, backoffMs: 1, maxBackoffMs: 1 },
        oauth: {
          tokenFolder: path.join(folder, 'tokens'),
          askUser: ({ url }) => void fetch(url).catch(() => {}),
          answerMs: 2_000,
        },
        onServerEvent: (event) => void said.push(JSON.stringify(event)),
      });
      const wrappers = new Map<string, string>();
      const [end, text] = await endOf(wanted, wrappers);
      const own = createFileSystem();
      own.publish(generateServerFiles(await bridge.catalog('good' as ServerId), 'good'));
      files = own;
      const after = await run(good);
      await bridge.close();
      const seen = [text, ...said, ...wrappers.values()].join('\n');
      return {
        end,
        told: Object.values(canaries).filter((canary) => seen.includes(canary)),
        unseen: [...wrappers.values()].flatMap((source) => source.match(unseen) ?? []),
        polluted: names !== hostNames() || 'polluted' in {},
        goodRunsRight: after.status === 'returned' && JSON.stringify(after.value) === goodEnd,
        left: [
          ...(await stillAlive()),
          ...(listeningSockets() > sockets ? ['a listening socket'] : []),
        ],
      };
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}
