/** What the text around a block of the pages has: a block says which of these names it is given. */
import { createBridge, readServerConfig } from '@org/bridge';
import { generateGlobals, generateServerFiles } from '@org/codegen';
import { type HostCall, parseServerId, parseVfsPath, toolsRoot } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox, type Extensions } from '@org/wasm-runtime';

export { introspect };
export const servers = await readServerConfig({ cwd: process.cwd(), env: process.env });
export const server = parseServerId('files');
export const catalog = await createBridge({ servers, introspect }).catalog(server);

export const files = createFileSystem();
files.publish(generateServerFiles(catalog, server));
files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));

export const extensions: Extensions = {
  double: {
    declaration: 'declare function double(n: number): Promise<number>;',
    call: ([n]) => Number(n) * 2,
  },
};
export const sandbox = await createSandbox({ files, extensions });
export const source = `
await sleep(1);
export const summary = () => 'short';
export default () => Math.random();`;
export const program = await sandbox.compile(source);
export const args = { above: 900 };
export const startTime = Date.UTC(2026, 0, 1);
export const folder = 'observed';
export const isReadOnly = ({ args: [, tool] }: HostCall) => tool === 'list_directory';
