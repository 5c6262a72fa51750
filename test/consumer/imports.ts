/** Imports each package by its name, as its README does; tsc checks it against the packed types. */
import { type Bridge, createBridge, readServerConfig } from '@org/bridge';
import { type Checker, createChecker } from '@org/checker';
import { generateGlobals, generateServerFiles, serverFolders } from '@org/codegen';
import { type Limits, parseVfsPath, profiles, type RunOutcome, SandboxError } from '@org/core';
import { introspect } from '@org/introspector';
import { openRunStore, openRuns, type Runs } from '@org/runs';
import { createSkillStore, type SkillStore } from '@org/skill-store';
import { createFileSystem, type VirtualFileSystem } from '@org/vfs';
import { createSandbox, loadEngine, type Sandbox } from '@org/wasm-runtime';

const limits: Limits = profiles.strict;
const files: VirtualFileSystem = createFileSystem();
files.publish(new Map([[parseVfsPath('/mcp-tools/globals.d.ts'), generateGlobals()]]));
await using bridge: Bridge = createBridge({
  servers: await readServerConfig({ cwd: import.meta.dirname, env: process.env }),
  introspect,
});
for (const [server, folder] of serverFolders(bridge.servers)) {
  files.publish(generateServerFiles(await bridge.catalog(server), folder));
}
await using sandbox: Sandbox = await createSandbox({ tools: bridge, files, limits });
const outcome: RunOutcome = await sandbox.run('return 40 + 2');
// @ts-expect-error Only what returned has a value: the types are not any.
outcome.value;
const store: SkillStore = createSkillStore({ folders: [`${import.meta.dirname}/skills`] });
const { length } = await store.names();
const text: string = outcome.status === 'returned' ? String(outcome.value) : outcome.status;
await using checker: Checker = createChecker({ files });
const { diagnostics } = await checker.check(
  "import { echo } from './servers/everything'; return echo(1)",
);
await using runs: Runs = openRuns({ store: openRunStore() });
const kept = await runs.start(sandbox, 'return 1');
await kept.outcome;
const { digest } = await loadEngine();
console.log(
  text,
  digest.length,
  new SandboxError('USAGE', 'an error').code,
  diagnostics.map(({ code }) => code).join(),
  length,
  runs.get(kept.runId)?.status,
);
