import type { KeptVerdictsOptions } from '@org/checker';
import { cacheFolder } from './cache-folder.ts';
import { checkerDigest } from './checker-digest.ts';

/** Most bytes of kept verdicts: some thousand programs. */
const maxBytes = 16 * 1024 * 1024;

/** Where it is kept which programs have no fault. Nowhere where the code that checks has no name. */
export async function verdictCache(wanted: boolean): Promise<KeptVerdictsOptions | undefined> {
  const folder = await cacheFolder(wanted, 'verdicts');
  if (folder === undefined || checkerDigest === undefined) return undefined;
  const { DiskCache } = await import('@org/wasm-runtime/disk-cache');
  return { store: new DiskCache(folder, { maxBytes, extension: '.json' }), edition: checkerDigest };
}
