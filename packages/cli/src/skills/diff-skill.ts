import type { FileSystem, JsonValue } from '@org/core';
import { programOf, readArchive, type Skill, type SkillMetadata } from '@org/skill-store';
import { readBytes, textOf } from '../read-text.ts';
import { compareValues, lineDiff } from './compare-run.ts';
import { programSignature } from './program-parameters.ts';
import { readTypes } from './program-types.ts';
import { parseSyntax } from './syntax.ts';

export interface PartDiff {
  readonly part: string;
  readonly lines: readonly string[];
}

/** How a program or an exported skill (`+`) differs from a skill (`-`). */
export async function diffWithFile(
  skill: Skill,
  file: string,
  files: FileSystem,
  warn: (text: string) => void,
): Promise<PartDiff[]> {
  const bytes = await readBytes(file, 'Name a program or a file that mcp-cli skill export wrote.');
  const isArchive = bytes.toString('latin1', 257, 262) === 'ustar';
  const program = programOf(skill)?.program;
  if (!isArchive) {
    const source = textOf(bytes);
    const types = await readTypes(files, { name: file, source }, { check: false, warn });
    const signature = programSignature(await parseSyntax(file, source), types);
    const before = skill.metadata?.parameters ?? {};
    return [
      ...sourceDiff(program?.source ?? '', source),
      ...part('parameters', before, signature.parameters),
    ];
  }
  const other = readArchive(bytes);
  const { metadata } = other;
  const otherSkill = {
    ...other,
    folder: '',
    description: metadata.description,
    checksum: '',
    digest: '',
  };
  const source = programOf({ ...otherSkill, files: other.files })?.program.source ?? '';
  return [
    ...sourceDiff(program?.source ?? '', source),
    ...part('metadata', compared(skill.metadata), compared(metadata)),
  ];
}

/** Without what differs with each save. */
function compared(metadata: SkillMetadata | undefined): JsonValue {
  if (metadata === undefined) return {};
  const { created: _, sourceDigest: __, ...rest } = metadata;
  return rest as unknown as JsonValue;
}

function sourceDiff(before: string, after: string): PartDiff[] {
  if (before === after) return [];
  return [{ part: 'source', lines: lineDiff(before.split('\n'), after.split('\n')) }];
}

function part(name: string, before: JsonValue, after: JsonValue): PartDiff[] {
  const [, ...lines] = compareValues(name, before, after);
  return lines.length === 0 ? [] : [{ part: name, lines }];
}
