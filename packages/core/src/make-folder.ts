/**
 * Makes a folder, and those that lead to it where they are missing. In place of the `recursive` of
 * Node's `mkdir`, which does not end where a folder that is there takes none, such as `/proc`.
 * @param makeOne makes one folder, as `mkdirSync` does
 * @throws what `makeOne` throws, unless the folder is there
 */
export function makeFolder(folder: string, makeOne: (folder: string) => void): void {
  if (isMade(folder, makeOne)) return;
  const parent = folder.replace(/\/+[^/]*\/*$/u, '');
  if (parent !== '' && parent !== folder) makeFolder(parent, makeOne);
  try {
    makeOne(folder);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** False where its parent is missing. */
function isMade(folder: string, makeOne: (folder: string) => void): boolean {
  try {
    makeOne(folder);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT') return false;
    throw error;
  }
}

const codeOf = (error: unknown) => (error as { readonly code?: unknown }).code;
