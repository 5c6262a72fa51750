import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from './npm-registry.ts';

export const root = path.resolve(import.meta.dirname, '..');

/** A package as it would be published. */
export interface Packed {
  readonly name: string;
  readonly manifest: Manifest;
  /** The tarball. */
  readonly file: string;
  readonly bytes: number;
  /** Its content, unpacked. */
  readonly folder: string;
  /** Paths within `folder`. */
  readonly paths: readonly string[];
}

/** Packs every package with pnpm, as publishing does, and unpacks it again beside. */
export async function packAll(into: string): Promise<Packed[]> {
  const all = ['-r', '--filter', './packages/*', 'pack', '--pack-destination', into];
  execFileSync('npm', ['run', '-s', 'pnpm', '--', ...all], {
    cwd: root,
    env: { ...process.env, npm_config_offline: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const names = await readdir(into);
  return Promise.all(names.map((name) => unpack(path.join(into, name))));
}

async function unpack(file: string): Promise<Packed> {
  const beside = file.replace(/\.tgz$/u, '');
  await mkdir(beside);
  execFileSync('tar', ['-xzf', file, '-C', beside]);
  const folder = path.join(beside, 'package');
  const manifest: Manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return { name: manifest.name, manifest, file, bytes: (await stat(file)).size, folder, paths };
}
