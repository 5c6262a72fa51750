import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** A package of others that reaches users. */
export interface Shipped {
  readonly name: string;
  readonly version: string;
  /** As its package.json has it. */
  readonly license: unknown;
}

interface Manifest extends Shipped {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** All that npm installs with the packages of this workspace, and these themselves. */
export function installedWithPackages(): readonly Shipped[] {
  const seen = new Map<string, Manifest>();
  for (const file of globSync('packages/*/package.json', { cwd: root })) {
    collect(path.join(root, path.dirname(file)), seen);
  }
  return [...seen.values()];
}

/** All that the command line's build has taken in, as its notices have it. */
export function takenIn(): readonly Shipped[] {
  const file = path.join(root, 'packages/cli/dist/NOTICES.txt');
  if (!existsSync(file)) throw new Error(`Cannot read ${file}: run "npm run build" first.`);
  const heads = readFileSync(file, 'utf8').matchAll(/^(\S+) (\d+\.\d+\.\d+\S*) \((.+)\)$/gmu);
  return Array.from(heads, ([, name = '', version = '', license]) => ({ name, version, license }));
}

/** Adds to `seen`, by folder, the package in `folder` and all that it depends on. */
function collect(folder: string, seen: Map<string, Manifest>): void {
  if (seen.has(folder)) return;
  const manifest: Manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  seen.set(folder, manifest);
  const { name, dependencies = {}, optionalDependencies = {} } = manifest;
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = installed(needed, folder);
    if (found !== undefined) collect(found, seen);
    // Packages for other platforms are not installed on this one.
    else if (!(needed in optionalDependencies)) throw new Error(`${name} lacks ${needed}.`);
  }
}

/** Where Node finds `name` for what is in `folder`. */
function installed(name: string, folder: string): string | undefined {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    const place = path.join(at, 'node_modules', name);
    if (existsSync(place)) return realpathSync(place);
  }
  return undefined;
}
