import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folder of the package that a file belongs to. */
function packageOf(file: string): string {
  const folder = path.dirname(file);
  const manifest = path.join(folder, 'package.json');
  // Some packages have a package.json without a name beside their modules.
  if (existsSync(manifest) && 'name' in JSON.parse(readFileSync(manifest, 'utf8'))) return folder;
  return packageOf(folder);
}

/**
 * Names, licences and their texts of all packages of others that `modules` are of, as these licences
 * ask of whoever passes the code on.
 * @throws Error for a package that does not say what its licence is
 */
export function notices(modules: Iterable<string>): string {
  const files = [...modules].filter((id) => /^\/.*\/node_modules\//u.test(id));
  const folders = [...new Set(files.map(packageOf))];
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    if (typeof license !== 'string') throw new Error(`${name} ${version} has no licence.`);
    const found = globSync('{LICENSE,LICENCE,License,license}*', { cwd: folder })
      .sort()
      .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
    return `${[`${name} ${version} (${license})`, ...found].join('\n\n')}\n`;
  });
  return texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}
