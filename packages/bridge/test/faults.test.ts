// Every way in which a server is known to misbehave, several times each: the error is typed, nothing
// waits past its deadline, nothing is left behind, and another server's calls go on meanwhile.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ToolCallOutcome } from '@org/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BridgeCaps, ServerEvent } from '../src/index.ts';
import {
  call,
  eventually,
  fixture,
  isAlive,
  openBridge,
  resultOf,
  run,
  scratchFolder,
} from './harness.ts';

const repeats = 3;
const caps = { connectMs: 10_000, callMs: 500, resultBytes: 1_000_000 };
/** Room for a call that the server answers, however slow the machine is. */
const patient = { callMs: 30_000 };
/** For a server that never answers: a bridge waits that long for each. */
const briefMs = 700;
const brief = { connectMs: briefMs };
/** How much longer than its deadlines a call may take. */
const graceMs = 1_000;
/** Starting a process takes a machine that has nothing else to do less. */
const usualStartMs = 100;

/** How many times slower than usual the machine is now: deadlines have to leave others room. */
function slowness(): number {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return Math.max(1, (performance.now() - start) / usualStartMs);
}
const heapGrowthBytes = 8 * 1024 * 1024;

/** What a call has to come to: `done`, or a status and an error code. */
type Expected = string;

interface Fault {
  readonly name: string;
  /** Of the hostile server, made for each fault. */
  readonly entry: () => object;
  readonly tool: string;
  readonly expected: Expected;
  /** Has to be in the error's message. */
  readonly says?: string;
  readonly caps?: Partial<BridgeCaps>;
}

let http: ChildProcess;
let port: number;
const summary: string[] = [];

beforeAll(async () => {
  http = fork(fixture('hostile-http.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  [{ port }] = (await once(http, 'message')) as [{ port: number }];
});
afterAll(() => {
  http.kill('SIGKILL');
  console.log(`${summary.length} faults, ${repeats} times each:\n${summary.sort().join('\n')}`);
});

const stdio = (
  mode: string,
  tool: string,
  expected: Expected,
  more: Partial<Fault> = {},
): Fault => ({
  name: `stdio ${mode === 'plain' ? '' : `${mode} `}${tool}`,
  entry: () => run('hostile.ts', mode),
  tool,
  expected,
  ...more,
});
const web = (
  phase: string,
  fault: string,
  expected: Expected,
  more: Partial<Fault> = {},
): Fault => ({
  name: `http ${phase} ${fault}`,
  entry: () => ({ type: 'http', url: `http://127.0.0.1:${port}/${phase}/${fault}` }),
  tool: 'x',
  expected,
  ...more,
});

const unavailable = 'failed SERVER_UNAVAILABLE';
const lost = 'unknown CALL_UNKNOWN';
const late = 'unknown CALL_TIMEOUT';
const tooLarge = 'failed RESULT_TOO_LARGE';

const faults: Fault[] = [
  stdio('exit-at-start', 'x', unavailable, { says: 'exited with code 7' }),
  stdio('mute', 'x', unavailable, { caps: brief, says: 'no answer within' }),
  stdio('stone-age', 'x', unavailable, { says: 'does not answer as an MCP server' }),
  stdio('flood', 'x', unavailable, { says: 'without an end of line' }),
  stdio('storm', 'x', unavailable, { says: 'exited with code 0' }),
  stdio('endless', 'x', unavailable, { caps: brief, says: 'no answer within' }),
  stdio('circle', 'x', unavailable, { caps: brief, says: 'no answer within' }),
  stdio('mute-list', 'x', unavailable, { caps: brief, says: 'no answer within' }),
  stdio('no-list', 'x', unavailable, { says: 'without a list of tools' }),
  stdio('liar', 'x', unavailable),
  stdio('plain', 'crash', lost, { caps: patient, says: 'exited with code 3' }),
  stdio('plain', 'killed', lost, { caps: patient, says: 'SIGKILL' }),
  stdio('plain', 'half-reply', lost, { caps: patient, says: 'exited with code 0' }),
  stdio('plain', 'hang', late),
  stdio('plain', 'drip', late),
  stdio('plain', 'flood', lost, { caps: patient, says: 'without an end of line' }),
  stdio('plain', 'large', tooLarge, { caps: patient }),
  stdio('plain', 'huge-without-id', lost, {
    caps: { ...patient, resultBytes: 500_000 },
    says: 'ended by us',
  }),
  stdio('plain', 'deep', tooLarge, { caps: patient }),
  stdio('plain', 'crowded', tooLarge, { caps: { ...patient, resultBytes: 16_000_000 } }),
  stdio('plain', 'noise', 'done', { caps: patient }),
  stdio('plain', 'wrong-id', late),
  stdio('plain', 'string-id', 'done', { caps: patient }),
  stdio('plain', 'twice', 'done', { caps: patient }),
  stdio('plain', 'wrong-version', lost, { caps: patient, says: 'no MCP reply' }),
  stdio('plain', 'result-and-error', lost, { caps: patient, says: 'no MCP reply' }),
  stdio('plain', 'no-object', lost, { caps: patient, says: 'no MCP reply' }),
  stdio('plain', 'batch', late),
  stdio('plain', 'bad-utf8', 'done', { caps: patient }),
  stdio('plain', 'rpc-error', 'failed TOOL_FAILED', { caps: patient, says: 'no luck' }),
  stdio('plain', 'demand', 'done', { caps: patient }),
  stdio('plain', 'deaf', lost, { caps: patient, says: 'does not read' }),
  stdio('plain', 'grow-much', 'done', { caps: patient }),
  stdio('plain', 'log-flood', 'done', { caps: patient }),
  stdio('plain', 'progress-flood', 'done', { caps: patient }),
  stdio('plain', 'grandchild', 'done', { caps: patient }),
  web('start', '401', unavailable, { says: 'HTTP status 401' }),
  web('start', '404', unavailable, { says: 'HTTP status 404' }),
  web('start', '429', unavailable, { says: 'HTTP status 429' }),
  web('start', '500', unavailable, { says: 'HTTP status 500' }),
  web('start', 'html', unavailable, { says: 'does not answer as an MCP server' }),
  web('start', 'hang', unavailable, { caps: brief, says: 'no answer within' }),
  web('start', 'redirect-away', unavailable),
  web('start', 'endless-body', unavailable),
  web('start', 'slow-body', unavailable, { caps: brief, says: 'no answer within' }),
  web('start', 'half-open', unavailable, { caps: brief, says: 'no answer within' }),
  web('list', '500', unavailable),
  web('list', 'slow-body', unavailable, { caps: brief, says: 'no answer within' }),
  web('call', '401', unavailable, { caps: patient, says: 'HTTP status 401' }),
  web('call', '403', unavailable, { caps: patient, says: 'HTTP status 403' }),
  web('call', '404', unavailable, { caps: patient }),
  web('call', '429', unavailable, { caps: patient, says: 'HTTP status 429' }),
  web('call', '500', 'failed TOOL_FAILED', { says: 'HTTP status 500' }),
  web('call', '502', lost),
  web('call', '503', unavailable, { caps: patient, says: 'HTTP status 503' }),
  web('call', '504', lost),
  web('call', '204', lost, { caps: patient }),
  web('call', 'accepted', late),
  web('call', 'html', lost, { caps: patient, says: 'no MCP reply' }),
  web('call', 'no-type', lost, { caps: patient, says: 'no MCP reply' }),
  web('call', 'broken-json', lost, { caps: patient, says: 'no MCP reply' }),
  web('call', 'empty-json', lost, { caps: patient, says: 'no MCP reply' }),
  web('call', 'null-json', lost, { caps: patient, says: 'no MCP reply' }),
  web('call', 'redirect-away', unavailable, { caps: patient }),
  web('call', 'redirect-script', unavailable, { caps: patient }),
  web('call', 'redirect-circle', unavailable, { caps: patient }),
  web('call', 'hang', late),
  web('call', 'cut', lost, { caps: patient }),
  web('call', 'cut-body', lost, { caps: patient }),
  web('call', 'slow-body', late),
  web('call', 'endless-body', tooLarge, { caps: patient }),
  web('call', 'bomb', tooLarge, { caps: patient }),
  web('call', 'bomb-stream', tooLarge, { caps: patient }),
  web('call', 'wrong-id', late),
  web('call', 'batch', 'done', { caps: patient }),
  web('call', 'twice', 'done', { caps: patient }),
  web('call', 'deep', tooLarge, { caps: patient }),
  web('call', 'large', tooLarge, { caps: patient }),
  web('call', 'large-event', tooLarge, { caps: patient }),
  web('call', 'half-open', late),
  web('call', 'stream-without-reply', lost, { caps: patient }),
  web('call', 'endless-stream', late),
  web('call', 'endless-line', tooLarge, { caps: patient }),
  web('call', 'broken-event', 'done', { caps: patient }),
  web('call', 'log-flood', 'done', { caps: patient }),
  web('call', 'change-flood', 'done', { caps: patient }),
  web('call', 'demand-flood', 'done', { caps: patient }),
  web('call', 'retry-storm', late),
];

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
function heapBytes(): number {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}
const listeners = (): number =>
  process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
/** What keeps this process busy, apart from connections that `fetch` keeps for reuse. */
const resources = (): number =>
  process.getActiveResourcesInfo().filter((name) => !/TCP|Timeout|Immediate/.test(name)).length;
const told = (outcome: ToolCallOutcome): string =>
  outcome.status === 'done' ? 'done' : `${outcome.status} ${outcome.error.code}`;

test.each(faults)('$name: $expected', async (fault) => {
  const factor = slowness();
  const own = { ...caps, ...fault.caps };
  const limits = {
    ...own,
    connectMs: Math.round(own.connectMs * factor),
    callMs: Math.round(own.callMs * factor),
  };
  const says =
    fault.says === 'no answer within' ? `${fault.says} ${limits.connectMs} ms` : fault.says;
  const pidFile = path.join(await scratchFolder(), 'starts');
  const env = { STARTS: pidFile };
  const events: ServerEvent[] = [];
  const before = { listeners: listeners(), resources: resources() };
  const bridge = await openBridge(
    { bad: { ...fault.entry(), env }, good: { ...run('hostile.ts'), env } },
    {
      caps: limits,
      // So that each repeat meets the server anew; what holds it off is tested on its own.
      reconnect: { failures: 1_000, backoffMs: 1, maxBackoffMs: 1 },
      onServerEvent: (event) => void events.push(event),
    },
  );
  const pid = await resultOf(call(bridge, 'good', 'pid'));
  let slowest = 0;
  let heapBefore = 0;
  for (let count = 0; count < repeats; count++) {
    const start = performance.now();
    const calls = Array.from({ length: 3 }, () => resultOf(call(bridge, 'good', 'pid')));
    const outcome = await call(bridge, 'bad', fault.tool);
    slowest = Math.max(slowest, performance.now() - start);
    if (outcome.status !== 'done') expect(outcome.error.message).toContain(says ?? '');
    expect(told(outcome)).toBe(fault.expected);
    expect(await Promise.all(calls)).toEqual([pid, pid, pid]);
    if (count === 0) heapBefore = heapBytes();
  }
  expect(slowest).toBeLessThan(limits.connectMs + limits.callMs + graceMs * factor);
  expect(heapBytes() - heapBefore).toBeLessThan(heapGrowthBytes);
  await bridge.close();
  const started = (await readFile(pidFile, 'utf8')).trim().split('\n').map(Number);
  for (const one of started) await eventually(() => isAlive(one)).toBe(false);
  expect(listeners()).toBe(before.listeners);
  await eventually(resources).toBeLessThanOrEqual(before.resources);
  summary.push(`${fault.name.padEnd(28)} ${fault.expected.padEnd(28)} ${Math.round(slowest)} ms`);
});
