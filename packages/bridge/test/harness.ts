import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ToolCallOutcome } from '@org/core';
import { expect, onTestFinished } from 'vitest';
import { serverEnv } from '../../../test/server-env.ts';
import { type Bridge, type BridgeOptions, createBridge, readServerConfig } from '../src/index.ts';
import { introspect } from './fixtures/introspect.ts';

export { introspect };

export const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);

/** A configuration entry that runs a fixture with this Node. */
export const run = (name: string, ...args: string[]): { command: string; args: string[] } => ({
  command: process.execPath,
  args: [fixture(name), ...args],
});

/** A reference to an environment variable, as a configuration file has it. */
export const variable = (name: string): string => `\${${name}}`;

/** Waits for a condition, however slow the machine is. */
export const eventually: typeof expect.poll = (read, options) =>
  expect.poll(read, { timeout: 60_000, ...options });

/** A folder that is removed after the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'bridge-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface OpenOptions extends Partial<Omit<BridgeOptions, 'servers'>> {
  readonly env?: Record<string, string>;
  readonly folder?: string;
}

/** A bridge over a configuration file with `mcpServers`, closed after the test. */
export async function openBridge(mcpServers: object, options: OpenOptions = {}): Promise<Bridge> {
  const { env = {}, folder = await scratchFolder(), ...rest } = options;
  const entries = Object.entries(mcpServers).map(([name, entry]) => [
    name,
    entry.command === undefined ? entry : { ...entry, env: { ...serverEnv, ...entry.env } },
  ]);
  const configuration = { mcpServers: Object.fromEntries(entries) };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify(configuration));
  const servers = await readServerConfig({ cwd: folder, env });
  const bridge = createBridge({ servers, introspect, ...rest });
  onTestFinished(() => bridge.close());
  return bridge;
}

export function call(
  bridge: Bridge,
  server: string,
  tool: string,
  params: unknown = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<ToolCallOutcome> {
  return bridge.callTool({ server, tool, paramsJson: JSON.stringify(params) }, { signal });
}

/** The value of a call that has to succeed. */
export async function resultOf(
  outcome: ToolCallOutcome | Promise<ToolCallOutcome>,
): Promise<unknown> {
  const settled = await outcome;
  if (settled.status !== 'done') throw new Error(`${settled.status}: ${settled.error.message}`);
  return JSON.parse(settled.json);
}

/** The code and message of a call that has to fail, behind its status. */
export async function failureOf(outcome: ToolCallOutcome | Promise<ToolCallOutcome>) {
  const settled = await outcome;
  if (settled.status === 'done') throw new Error(`done: ${settled.json.slice(0, 200)}`);
  return { status: settled.status, ...settled.error };
}

/** Whether a process runs. One that ended and waits to be reaped does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) Z/s.test(stat);
}
