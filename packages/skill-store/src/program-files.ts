import { parseVfsPath, toolsRoot, type VfsPath } from '@org/core';
import { isText, isTextMap, jsonFile, parseJsonFile } from './json-file.ts';
import { damaged } from './skill-files.ts';

/** What `vfs.json` holds: a program with all that it imports, as it was when it was saved. */
export interface ProgramFiles {
  /** What the program's file is called. */
  readonly name: string;
  readonly source: string;
  /** Files below `/mcp-tools` and `/workspace` that it imports. */
  readonly imports: ReadonlyMap<VfsPath, string>;
}

export function programFilesFile({ name, source, imports }: ProgramFiles): Uint8Array {
  const sorted = [...imports].sort(([a], [b]) => (a < b ? -1 : 1));
  return jsonFile({ name, source, imports: Object.fromEntries(sorted) });
}

/** @throws SandboxError `SKILL_DAMAGED` */
export function parseProgramFiles(skill: string, bytes: Uint8Array): ProgramFiles {
  const { name, source, imports } = parseJsonFile(skill, 'vfs.json', bytes);
  if (!isText(name) || !isText(source) || !isTextMap(imports)) {
    throw damaged(skill, 'vfs.json is amiss');
  }
  const files = new Map<VfsPath, string>();
  for (const [place, text] of Object.entries(imports)) {
    let parsed: VfsPath;
    try {
      parsed = parseVfsPath(place, toolsRoot);
    } catch (cause) {
      throw damaged(skill, 'vfs.json has a path that cannot be used', cause);
    }
    files.set(parsed, text);
  }
  return { name, source, imports: files };
}
