/**
 * Writes what the servers answer to `tools/list` to packages/codegen/test/fixtures/catalogs:
 * `node benches/tokens/capture.ts [names]`, after the servers were installed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBridge } from '@org/bridge';
import { introspect } from '@org/introspector';
import { type Capture, captureFile } from '../../packages/codegen/test/captured-catalogs.ts';
import { configure, serverNames } from './servers.ts';

const names = process.argv.length > 2 ? process.argv.slice(2) : serverNames;
const base = mkdtempSync(join(tmpdir(), 'capture-'));
const pages = new Map<string, unknown[]>();
try {
  await using bridge = createBridge({
    servers: await configure(names, base),
    introspect: (source) => {
      const tools: unknown[] = [];
      pages.set(source.server, tools);
      return introspect({
        ...source,
        listPage: async (list, cursor) => {
          const page = await source.listPage(list, cursor);
          if (list === 'tools') tools.push(...page.items);
          return page;
        },
      });
    },
  });
  for (const server of bridge.servers) {
    const { serverInfo, protocolVersion, instructions } = await bridge.catalog(server);
    const tools = pages.get(server) ?? [];
    const capture: Capture = {
      serverInfo,
      protocolVersion,
      ...(instructions !== undefined && { instructions }),
      tools,
    };
    // A tool a line: short enough to keep, and a change of one tool is a change of one line.
    const { tools: _, ...head } = capture;
    const lines = tools.map((tool) => JSON.stringify(tool).replaceAll(base, '/tmp'));
    const text = `${JSON.stringify(head).slice(0, -1)},"tools":[\n${lines.join(',\n')}\n]}\n`;
    writeFileSync(captureFile(server), text);
    console.log(`${server}: ${tools.length} tools`);
  }
} finally {
  rmSync(base, { recursive: true });
}
