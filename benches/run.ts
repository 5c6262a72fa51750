/**
 * `npm run bench -- [--quick] [names]`: installs the peers, runs the benches, each in a process of
 * its own, and writes the tables of the README files. What fails stops none of the others.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const suffix = '.bench.ts';
const folder = new URL('.', import.meta.url);
const all = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));

const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== '--quick');
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(2);
}

/** A workspace of its own, whose path it gives; undefined where it could not be installed. */
function install(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, folder));
  const args = ['--yes', 'pnpm@12.21.0', '--dir', path, 'install', '--frozen-lockfile'];
  const { status } = spawnSync('npx', [...args, '--reporter=silent'], { stdio: 'inherit' });
  return status === 0 ? path : undefined;
}

const peers = install('peers');
if (peers === undefined) {
  console.error('The peers could not be installed: those that are not there are left out.');
} else spawnSync('tsc', ['-p', peers], { stdio: 'inherit' });
if (install('servers') === undefined) {
  console.error('The servers of the bench tokens could not be installed.');
}

const env = { ...process.env, ...(args.includes('--quick') ? { BENCH_QUICK: '1' } : {}) };
const failed: string[] = [];
for (const name of names.length > 0 ? names : all) {
  console.log(name);
  const start = performance.now();
  // isolated-vm needs that flag, and all subjects the same process.
  const flags = ['--no-node-snapshot', '--expose-gc'];
  const { status } = spawnSync(process.execPath, [...flags, `${name}${suffix}`], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  console.log(`  in ${((performance.now() - start) / 1_000).toFixed(0)} s`);
  if (status !== 0) failed.push(name);
}
const table = spawnSync(process.execPath, ['table.ts'], { cwd: folder, stdio: 'inherit' });
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 || table.status !== 0 ? 1 : 0);
