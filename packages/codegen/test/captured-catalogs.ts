import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseServerId, type ServerCatalog } from '@org/core';
import { introspect } from '../../introspector/src/index.ts';

/** What a real server said, as benches/tokens/capture.ts wrote it down. */
export interface Capture {
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  readonly instructions?: string;
  /** Entries of `tools/list` as they came. */
  readonly tools: readonly unknown[];
}

export const capturedServers = [
  'chrome-devtools',
  'everything',
  'filesystem',
  'git',
  'memory',
  'mongodb',
  'pdf',
  'playwright',
  'thinking',
] as const;

export function captureFile(server: string): string {
  return fileURLToPath(new URL(`fixtures/catalogs/${server}.json`, import.meta.url));
}

export function readCapture(server: string): Capture {
  return JSON.parse(readFileSync(captureFile(server), 'utf8'));
}

/** The catalog that `introspect` makes of what the real server said. */
export function capturedCatalog(server: string): Promise<ServerCatalog> {
  const { tools, ...head } = readCapture(server);
  return introspect({
    ...head,
    server: parseServerId(server),
    capabilities: { tools: {} },
    listPage: async () => ({ items: tools }),
  });
}
