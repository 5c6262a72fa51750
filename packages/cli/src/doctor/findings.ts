import { mkdirSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { counted, makeFolder, SandboxError } from '@org/core';
import { cacheRoot } from '../cache-root.ts';
import { validateServers } from '../config/validate-servers.ts';
import { openSkillStore } from '../skills/open-store.ts';
import { usersFile } from '../users-folder.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  /** `warning`: it works, with less. */
  readonly status: 'ok' | 'warning' | 'error';
  readonly told: string;
  /** What to do. */
  readonly hint?: string;
}

type Look = () => Promise<Omit<Finding, 'what'>>;

const ok = (told: string) => ({ status: 'ok', told }) as const;

/** Looks at all that a run needs, each by itself. Starts no server. */
export async function findings(configPath: string | undefined): Promise<Finding[]> {
  const looks: readonly (readonly [string, Look])[] = [
    ['Node', node],
    ['engine', engine],
    ['type check', typeCheck],
    ['configuration', () => configuration(configPath)],
    ["user's folder", async () => folder(await usersFile('.'), 'Trust and approvals are not kept')],
    ['cache', async () => folder(await cacheRoot(), 'Programs and catalogs are not kept')],
    ['skills', skills],
  ];
  return Promise.all(
    looks.map(async ([what, look]) => {
      try {
        return { what, ...(await look()) };
      } catch (error) {
        const hint = error instanceof SandboxError ? error.hint : undefined;
        const told = error instanceof Error ? error.message : String(error);
        return { what, status: 'error', told, ...(hint !== undefined && { hint }) } as const;
      }
    }),
  );
}

async function node(): ReturnType<Look> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major >= 26 || (major === 24 && minor >= 20)) return ok(process.version);
  const hint = 'Install Node 24 (from 24.20) or 26.';
  return { status: 'error', told: `${process.version} is not supported`, hint };
}

async function engine(): ReturnType<Look> {
  const { createSandbox } = await import('@org/wasm-runtime');
  const started = performance.now();
  await using sandbox = await createSandbox({ workers: 1 });
  const outcome = await sandbox.run('return 6 * 7');
  const ms = Math.round(performance.now() - started);
  if (outcome.status !== 'returned' || outcome.value !== 42) {
    return { status: 'error', told: `a small program ended as ${outcome.status}` };
  }
  return ok(`${sandbox.engineDigest.slice(0, 12)}, a small program ran in ${ms} ms`);
}

async function typeCheck(): ReturnType<Look> {
  const { createChecker } = await import('@org/checker');
  const { generateGlobals } = await import('@org/codegen');
  const { createFileSystem } = await import('@org/vfs');
  const { parseVfsPath, toolsRoot } = await import('@org/core');
  const files = createFileSystem();
  files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));
  await using checker = createChecker({ files });
  const { diagnostics } = await checker.check('const n: number = "text"; export default n;');
  if (diagnostics.some(({ code }) => code === 'TS2322')) return ok('TypeScript finds a wrong type');
  return { status: 'warning', told: 'TypeScript finds nothing wrong where there is' };
}

async function configuration(configPath: string | undefined): ReturnType<Look> {
  const { readServerConfig } = await import('@org/bridge');
  const config = await readServerConfig({
    cwd: process.cwd(),
    env: process.env,
    ...(configPath !== undefined && { configPath }),
  }).catch((error) => {
    if (error instanceof SandboxError && error.code === 'CONFIG_NOT_FOUND') return undefined;
    throw error;
  });
  if (config === undefined) {
    const hint = 'mcp-cli config init makes one, and finds servers of other programs.';
    return { status: 'warning', told: 'there is none, so programs have no tools', hint };
  }
  const problems = await validateServers(config);
  const files = config.files.map(({ shownPath }) => shownPath).join(', ');
  const servers = `${counted(config.servers.length, 'server')} in ${files}`;
  const [first] = problems;
  if (first === undefined) return ok(servers);
  const told = `${servers}; ${problems.length} cannot be used: ${first.server}: ${first.message}`;
  return { status: 'error', told, hint: 'mcp-cli server validate shows all of them.' };
}

async function folder(place: string | undefined, without: string): ReturnType<Look> {
  if (place === undefined) {
    return { status: 'warning', told: `${without}: there is no home folder`, hint: 'Set HOME.' };
  }
  const own = path.resolve(place);
  try {
    makeFolder(own, (one) => mkdirSync(one, { mode: 0o700 }));
    await access(own, constants.W_OK | constants.R_OK);
    return ok(own);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = `Make ${own} a folder that you can write to.`;
    return { status: 'warning', told: `${without}: ${own} cannot be written to (${code})`, hint };
  }
}

async function skills(): ReturnType<Look> {
  const { skills: found, unusable } = await (await openSkillStore()).list();
  const [first] = unusable;
  if (first === undefined) return ok(`${found.length} found`);
  return {
    status: 'warning',
    told: `${found.length} found, ${unusable.length} cannot be used: ${first.name}: ${first.reason}`,
    hint: 'mcp-cli skill verify shows what is wrong.',
  };
}
