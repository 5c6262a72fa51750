import { hasTexts, RecordFile } from './record-file.ts';
import type { ConfigFile } from './server-config.ts';

/** The configuration files that the user has trusted. */
export interface TrustStore {
  /** Whether exactly this file was trusted: the path and what it holds. */
  has(file: ConfigFile): Promise<boolean>;
  add(file: ConfigFile): Promise<void>;
  /** Whatever the file held. @returns whether it was trusted */
  remove(file: ConfigFile): Promise<boolean>;
}

interface Trusted {
  readonly path: string;
  readonly digest: string;
}

/**
 * Trusted files in a JSON file, as `RecordFile` has it: of each path the content that was trusted
 * last.
 * @throws SandboxError `CONFIG_INVALID`: each of its methods, for a file that is not one of ours
 */
export function trustFile(file: string): TrustStore {
  const trusted = new RecordFile<Trusted>(file, (value) => hasTexts(value, 'path', 'digest'), {
    list: 'trusted',
    readHint: 'Correct or delete it; what it trusted is then asked about again.',
    writeHint: 'Make it writable, or trust the servers for this run with --trust.',
  });
  return {
    has: async ({ path, digest }) =>
      (await trusted.items()).some((one) => one.path === path && one.digest === digest),
    add: ({ path, digest }) =>
      trusted.change((all) => [...all.filter((one) => one.path !== path), { path, digest }]),
    remove: async ({ path }) => {
      const wasThere = (await trusted.items()).some((one) => one.path === path);
      if (wasThere) await trusted.change((all) => all.filter((one) => one.path !== path));
      return wasThere;
    },
  };
}
