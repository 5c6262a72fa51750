import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSkillId } from '@org/core';
import { createSkillStore, programOf } from '@org/skill-store';
import { compare } from './measure.ts';
import { record, timing } from './record.ts';

const cli = fileURLToPath(new URL('../packages/cli/bin/mcp-cli.js', import.meta.url));
const server = fileURLToPath(
  new URL('../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);
const id = parseSkillId('adder');
const program = `import { get_sum } from './servers/everything';

/** Adds two numbers on the server. */
export default async ({ a, b = 1 }: { a: number; b?: number }) => get_sum({ a, b });
`;

const folder = await mkdtemp(path.join(tmpdir(), 'skills-'));
try {
  await writeFile(path.join(folder, 'adder.ts'), program);
  const mcpServers = { everything: { command: process.execPath, args: [server] } };
  await writeFile(path.join(folder, '.mcp.json'), JSON.stringify({ mcpServers }));
  const env = { PATH: process.env.PATH, HOME: folder };
  const mcpCli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder, env });
  await mcpCli('skill', 'save', 'adder.ts');

  const skills = path.join(folder, '.claude/skills');
  const pins = path.join(folder, 'pins');
  const store = createSkillStore({ folders: [skills], pins });
  const { files } = await store.read(id);
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  const other = path.join(folder, 'other');
  await mkdir(other);
  const elsewhere = createSkillStore({ folders: [path.join(other, 'skills')], pins });
  const times = await compare(
    {
      save: { run: () => elsewhere.save(id, files) },
      load: {
        run: async () => {
          const skill = await store.read(id);
          if (programOf(skill) === undefined) throw new Error('It is no program.');
        },
      },
    },
    { ms: 2_000 },
  );
  const runs = await compare(
    {
      'skill run': { run: () => mcpCli('skill', 'run', 'adder', '--a', '41') },
      execute: { run: () => mcpCli('execute', 'adder.ts', '--args', '{"a": 41}') },
    },
    { ms: 10_000, least: 7 },
  );
  record('skills', `How long does it take to keep and use a skill of ${bytes} bytes?`, [
    timing('save, without compiling', 'ours', times.save),
    timing('load, verified and parsed', 'ours', times.load),
    timing('process start to exit, one tool call', 'skill run', runs['skill run']),
    timing('process start to exit, one tool call', 'execute', runs.execute),
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
