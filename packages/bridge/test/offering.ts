// The bridge before the server of fixtures/offering.ts, which has resources, prompts and blobs.
import type { ServerId, ToolCallOutcome } from '@org/core';
import type { Bridge } from '../src/index.ts';
import { call, openBridge, run } from './harness.ts';

export const s = 's' as ServerId;

export const open = (mode = 'plain', options: Parameters<typeof openBridge>[1] = {}) =>
  openBridge({ s: run('offering.ts', mode) }, options);

type Done = Extract<ToolCallOutcome, { status: 'done' }>;

export async function done(outcome: Promise<ToolCallOutcome>): Promise<Done> {
  const settled = await outcome;
  if (settled.status !== 'done') throw new Error(`${settled.status}: ${settled.error.message}`);
  return settled;
}

export const read = (bridge: Bridge, uri: string) => call(bridge, 's', '@resources/read', { uri });
