import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { createBridge, readServerConfig } from '../../bridge/src/index.ts';
import { generateServerFiles, serverFolders } from '../../codegen/src/index.ts';
import { introspect } from '../../introspector/src/index.ts';
import type { VirtualFileSystem } from '../../vfs/src/index.ts';
import { type Checker, type CheckResult, createChecker } from '../src/index.ts';
import { bareFiles } from './bare-files.ts';

/** A file system with the wrappers of the two servers of examples/first-light. */
export async function realFiles(): Promise<VirtualFileSystem> {
  const example = fileURLToPath(new URL('../../../examples/first-light', import.meta.url));
  await using bridge = createBridge({
    servers: await readServerConfig({ cwd: example, env: process.env }),
    introspect,
  });
  const files = bareFiles();
  for (const [server, folder] of serverFolders(bridge.servers)) {
    files.publish(generateServerFiles(await bridge.catalog(server), folder));
  }
  return files;
}

/** One checker for all tests of a file, with a deadline that no busy machine reaches. */
export function sharedChecker(open: () => VirtualFileSystem | Promise<VirtualFileSystem>) {
  let files: VirtualFileSystem;
  let checker: Checker;
  beforeAll(async () => {
    files = await open();
    checker = createChecker({ files, deadlineMs: 30_000 });
  });
  afterAll(() => checker[Symbol.asyncDispose]());
  return {
    files: () => files,
    check: (source: string, name?: string): Promise<CheckResult> =>
      checker.check(source, name === undefined ? {} : { name }),
  };
}

/** Places, codes and severities, one line each. */
export function brief({ diagnostics }: CheckResult): string[] {
  return diagnostics.map(
    ({ severity, code, line, column }) => `${line}:${column} ${severity} ${code}`,
  );
}
