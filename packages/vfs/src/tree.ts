import type { TextVolume } from './volume.ts';

/**
 * The folder `path` and all below it, drawn like the `tree` command does.
 * @param notes what to say behind a folder, by its path
 * @throws SandboxError `FILE_NOT_FOUND`
 */
export function drawTree(
  volume: TextVolume,
  path: string,
  notes: ReadonlyMap<string, string>,
): string {
  const lines = [path];
  const draw = (folder: string, indent: string): void => {
    const names = volume.list(folder);
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1;
      const child = `${folder === '/' ? '' : folder}/${name.replace(/\/$/, '')}`;
      const note = notes.get(child);
      lines.push(
        `${indent}${last ? '└── ' : '├── '}${name}${note === undefined ? '' : ` (${note})`}`,
      );
      if (name.endsWith('/')) draw(child, `${indent}${last ? '    ' : '│   '}`);
    }
  };
  draw(path, '');
  return `${lines.join('\n')}\n`;
}
