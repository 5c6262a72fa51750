import { profiles, SandboxError } from '@org/core';
import { type AgentClient, createAgentServer, serveOverStdio } from '@org/server';
import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';

const files = createFileSystem();
await using sandbox = await createSandbox({ files, profile: 'strict' });
const nothingKept = async () => {
  throw new SandboxError('USAGE', 'This host keeps neither runs nor skills.');
};

const client: AgentClient = {
  servers: [],
  limits: profiles.strict,
  approvals: 'operator',
  execute: async ({ code, args, limits }, { signal, onEvent }) => {
    const outcome = await sandbox.run(code, { args, limits, signal, onEvent });
    return { outcome, kept: false, resumable: false };
  },
  files: () => files,
  searchTools: async () => ({ hits: [], imports: [], found: 0 }),
  skills: async () => [],
  skillFiles: nothingKept,
  runSkill: nothingKept,
  resume: nothingKept,
  runs: async () => [],
  run: async () => undefined,
  calls: async () => undefined,
};
const host = { clientOf: () => client };

const server = createAgentServer(host, { name: 'calculator', version: '1.0.0' });
await serveOverStdio(server, { principal: 'local' }).closed;
