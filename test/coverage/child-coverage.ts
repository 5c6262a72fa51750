import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

interface Covered {
  readonly result: readonly { readonly url: string }[];
}

const own = /^file:.*\/packages\/[^/]+\/(?:src|dist)\//u;

/**
 * Makes one file of those that processes and threads left in `folder`, with the scripts of this
 * repository. A process that was killed while it wrote left half a file: it counts for nothing.
 */
export async function keepOwnScripts(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const result: Covered['result'][number][] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    await rm(file);
    result.push(...(parsed(text)?.result.filter(({ url }) => own.test(url)) ?? []));
  }
  if (result.length > 0) {
    await writeFile(path.join(folder, 'own.json'), JSON.stringify({ result }));
  }
}

function parsed(text: string): Covered | undefined {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
