import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Of TypeScript's library, what the guest does not have; `docs/guest.md` lists it. */
const absent = /sharedmemory|temporal|legacy|^esnext\.(?:decorators|date)$/u;

/** Without comments, which are most of it and help nobody here. */
function bare(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
    .replaceAll(/^[ \t]*\/\/.*$/gmu, '')
    .replaceAll(/\n\s*\n/gu, '\n');
}

/**
 * Leaves the types of `Intl`, which `toLocaleString` and its like name, and takes its values away:
 * the guest has none.
 */
function withoutIntl(text: string): string {
  return text.replaceAll(/^declare namespace Intl \{\n[\s\S]*?^\}/gmu, (namespace) =>
    namespace
      .replaceAll(/^ {4}(?:const|var) \w+: \{\n[\s\S]*?^ {4}\};?\n/gmu, '')
      .replaceAll(/^ {4}(?:const|var|function) [^\n]*;\n/gmu, ''),
  );
}

/**
 * The library of the language as the guest has it, made from TypeScript's own files in `folder`:
 * texts by name. Declarations that are a module of their own cannot be joined with the others.
 */
export async function guestLibrary(folder: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, Promise<string>>();
  const visit = async (name: string): Promise<void> => {
    if (texts.has(name) || absent.test(name)) return;
    const reading = readFile(path.join(folder, `lib.${name}.d.ts`), 'utf8');
    texts.set(name, reading);
    const references = (await reading).matchAll(/^\/\/\/ <reference lib="([\w.]+)"/gmu);
    await Promise.all(Array.from(references, ([, wanted = '']) => visit(wanted)));
  };
  await visit('esnext');
  let joined = '';
  const library = new Map<string, string>();
  // The order of overloads is that of their files.
  for (const name of [...texts.keys()].sort()) {
    const text = withoutIntl(bare((await texts.get(name)) ?? ''));
    if (/^export \{/mu.test(text)) library.set(`${name}.d.ts`, text);
    else joined += `${text}\n`;
  }
  return new Map([['es.d.ts', joined], ...library]);
}
