import { SandboxError } from '@org/core';
import type { ProgramSkill } from '@org/skill-store';
import { createSandbox, type Sandbox } from '@org/wasm-runtime';
import { programCache } from '../cache-folder.ts';
import { portsOf } from '../ports.ts';
import type { Toolbox } from '../toolbox.ts';
import { filesOfSkill } from './skill-program.ts';

/** A sandbox that starts while the skill is still being read, and has its files over the project's. */
export async function startSandbox(
  opening: Promise<{ readonly toolbox: Toolbox; readonly skill: ProgramSkill }>,
  cache: boolean,
): Promise<Sandbox> {
  const toolbox = opening.then((opened) => opened.toolbox);
  const files = opening.then((opened) => filesOfSkill(opened.skill, opened.toolbox.files));
  for (const promise of [toolbox, files]) promise.catch(() => {});
  const starting: Promise<Sandbox> = createSandbox({
    ...portsOf(toolbox, () => starting),
    files: {
      readFile: async (path) => (await files).readFile(path),
      writeFile: async (path, text) => (await files).writeFile(path, text),
      listFiles: async (path) => (await files).listFiles(path),
    },
    ...(await programCache(cache)),
  });
  return starting;
}

/** A sandbox without any server, in which recorded runs are repeated. */
export function offlineSandbox(skill: ProgramSkill): Promise<Sandbox> {
  const missing = async (path: string): Promise<never> => {
    throw new SandboxError('FILE_NOT_FOUND', `There is no ${path}.`);
  };
  const none = { readFile: missing, writeFile: missing, listFiles: missing };
  return createSandbox({ files: filesOfSkill(skill, none) });
}
