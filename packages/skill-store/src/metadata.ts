import { isJsonObject, type JsonObject, type JsonValue } from '@org/core';
import { isText, isTextMap, isTexts, jsonFile, parseJsonFile } from './json-file.ts';
import { damaged } from './skill-files.ts';

/** A tool as it was when the skill was saved. */
export interface SkillTool {
  /** Key of the server in the configuration. */
  readonly server: string;
  readonly tool: string;
  /** Of its definition (`ToolDefinition.digest`). */
  readonly digest: string;
  /** Each part of the definition as JSON text, or its digest where that is long. */
  readonly parts: Readonly<Record<string, string>>;
}

interface SkillServer {
  readonly id: string;
  /** What the server calls itself. */
  readonly name: string;
  readonly version: string;
}

/** What `metadata.json` holds. Texts may be anything: they are shown, or checked where they are used. */
export interface SkillMetadata {
  readonly name: string;
  readonly description: string;
  /** A program that can be run, or the documentation of a server. */
  readonly kind: 'program' | 'server';
  /** ISO 8601. */
  readonly created: string;
  /** Name and version of what wrote the skill. */
  readonly createdWith: string;
  /** BLAKE3 of the program's source, hex; a program has it. */
  readonly sourceDigest?: string;
  /** SHA-256 of the engine that `module.wasm` is for, hex; a program has it. */
  readonly engineDigest?: string;
  /** JSON Schema of the parameters. */
  readonly parameters: JsonObject;
  /** TypeScript type of the result, where the program says it. */
  readonly result?: string;
  /** JSON Schema of the result, where the program says its type. */
  readonly resultSchema?: JsonObject;
  /** Patterns of the tools that the skill may call, such as `github.get_issue`. */
  readonly allow: readonly string[];
  /** The tools among them that were there when it was saved. */
  readonly tools: readonly SkillTool[];
  readonly servers: readonly SkillServer[];
}

export const metadataFile = (metadata: SkillMetadata): Uint8Array => jsonFile(metadata);

const optionalText = (value: JsonValue | undefined): value is string | undefined =>
  value === undefined || isText(value);

/** @throws SandboxError `SKILL_DAMAGED` */
export function parseMetadata(skill: string, bytes: Uint8Array): SkillMetadata {
  const value = parseJsonFile(skill, 'metadata.json', bytes);
  const amiss = (what: string) => damaged(skill, `metadata.json: ${what} is amiss`);
  const { name, description, kind, created, createdWith, sourceDigest, engineDigest } = value;
  const { parameters, result, resultSchema, allow, tools, servers } = value;
  if (name !== skill) throw damaged(skill, `metadata.json is of a skill named otherwise`);
  if (!isText(description)) throw amiss('description');
  if (kind !== 'program' && kind !== 'server') throw amiss('kind');
  if (!isText(created) || !isText(createdWith)) throw amiss('created');
  if (!optionalText(sourceDigest) || !optionalText(engineDigest)) throw amiss('a digest');
  if (!isJsonObject(parameters)) throw amiss('parameters');
  if (!optionalText(result)) throw amiss('result');
  if (resultSchema !== undefined && !isJsonObject(resultSchema)) throw amiss('resultSchema');
  if (!isTexts(allow)) throw amiss('allow');
  if (!Array.isArray(tools) || !tools.every(isTool)) throw amiss('tools');
  if (!Array.isArray(servers) || !servers.every(isServer)) throw amiss('servers');
  const { version: _, ...metadata } = value;
  return metadata as unknown as SkillMetadata;
}

function isTool(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { server, tool, digest, parts } = value;
  return isText(server) && isText(tool) && isText(digest) && isTextMap(parts);
}

function isServer(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { id, name, version } = value;
  return isText(id) && isText(name) && isText(version);
}
