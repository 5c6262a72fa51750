import { createBridge, readServerConfig } from '@org/bridge';
import { generateServerFiles, serverFolders } from '@org/codegen';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';

const servers = await readServerConfig({ cwd: import.meta.dirname, env: process.env });
await using bridge = createBridge({ servers, introspect });
// The program calls the tools as they were when its wrappers were generated.
const view = bridge.pinned();

const files = createFileSystem();
for (const [server, folder] of serverFolders(view.servers)) {
  files.publish(generateServerFiles(await view.catalog(server), folder));
}

await using sandbox = await createSandbox({ tools: view, files, profile: 'strict' });
const outcome = await sandbox.run(
  `import { get_sum } from './servers/everything';
   export default ({ n }: { n: number }) => get_sum({ a: n, b: 1 });`,
  { args: { n: 41 }, limits: { wallMs: 5_000 } },
);
console.log(outcome.status === 'returned' ? outcome.value : outcome);
