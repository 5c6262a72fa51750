import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** The fields of a package.json that this registry reads itself. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Release {
  readonly manifest: Manifest;
  readonly open: () => Readable;
}

export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
}

function tarOf(folder: string): Readable {
  // pnpm links equal files to each other, and npm drops links; only GNU's tar can and must be told.
  const asFiles = process.platform === 'linux' ? ['--hard-dereference'] : [];
  const args = ['-c', ...asFiles, '--exclude', 'node_modules', '-C', path.dirname(folder)];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn('tar', [...args, path.basename(folder)], { stdio: [...stdio] }).stdout as Readable;
}

/** Every package that pnpm has put into `store`, packed again when it is asked for. */
function installedReleases(store: string): Release[] {
  const releases: Release[] = [];
  for (const entry of readdirSync(store)) {
    const modules = path.join(store, entry, 'node_modules');
    const [, name] = /^(@?[^@]+)@/u.exec(entry) ?? [];
    if (name === undefined) continue;
    const folder = path.join(modules, name.replace('+', '/'));
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    releases.push({ manifest, open: () => tarOf(folder) });
  }
  return releases;
}

/**
 * A registry on loopback: it has the given tarballs, and of all other packages the versions that
 * pnpm has installed in `store` (`node_modules/.pnpm`). Nothing else can be installed from it.
 */
export async function startNpmRegistry(
  tarballs: readonly { readonly file: string; readonly manifest: Manifest }[],
  store: string,
): Promise<NpmRegistry> {
  const packages = new Map<string, Map<string, Release>>();
  const packed = tarballs.map(({ file, manifest }) => ({
    manifest,
    open: () => createReadStream(file),
  }));
  for (const release of [...installedReleases(store), ...packed]) {
    const { name, version } = release.manifest;
    const versions = packages.get(name) ?? new Map<string, Release>();
    packages.set(name, versions.set(version, release));
  }

  const server = createServer((request, response) => {
    const [name = '', version] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const versions = packages.get(name);
    if (versions === undefined) {
      response.writeHead(404).end('{}');
    } else if (version === undefined) {
      const latest = [...versions.keys()].at(-1);
      const described = [...versions.values()].map(({ manifest }) => [
        manifest.version,
        { ...manifest, dist: { tarball: `${url}/${name}/-/${manifest.version}` } },
      ]);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name,
          'dist-tags': { latest },
          versions: Object.fromEntries(described),
        }),
      );
    } else {
      const release = versions.get(version);
      if (release === undefined) response.writeHead(404).end();
      else release.open().pipe(response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
