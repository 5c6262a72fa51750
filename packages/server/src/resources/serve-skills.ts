import type { McpServer } from '@modelcontextprotocol/server';
import {
  type SkillReadResult,
  type SkillSource,
  SkillsExtension,
  skillEntry,
} from '@modelcontextprotocol/server/ext/skills';
import { SandboxError } from '@org/core';
import type { AgentClient } from '../agent-host.ts';

const skillsAtOnce = 20;

/**
 * The client's skills by the extension `io.modelcontextprotocol/skills` (SEP-2640).
 * @param onProblem told of skills that cannot be served
 */
export function serveSkills(
  mcp: McpServer,
  client: AgentClient,
  onProblem: (error: unknown) => void,
): void {
  const entry = async (name: string) =>
    skillEntry(name, Object.fromEntries(await client.skillFiles(name)));
  const source: SkillSource = {
    async list({ cursor }) {
      const start = cursor === undefined ? 0 : Number(cursor);
      const all = await client.skills();
      const page = all.slice(start, start + skillsAtOnce);
      const entries = await Promise.all(
        page.map(({ name }) =>
          entry(name).catch((error) => {
            onProblem(error);
            return undefined;
          }),
        ),
      );
      const next = start + skillsAtOnce;
      return {
        skills: entries.filter((one) => one !== undefined),
        ...(next < all.length && { nextCursor: String(next) }),
      };
    },
    async get(uri) {
      const place = placeOf(uri);
      if (place?.path !== 'SKILL.md') return undefined;
      return found(() => entry(place.name));
    },
    async read(uri): Promise<SkillReadResult | undefined> {
      const place = placeOf(uri);
      if (place === undefined) return undefined;
      const bytes = (await found(() => client.skillFiles(place.name)))?.get(place.path);
      return bytes && contentOf(place.path, bytes);
    },
  };
  const onWarning = ({ path, message }: { path: string; message: string }) =>
    onProblem(new Error(`${path}: ${message}`));
  new SkillsExtension({ source, onWarning }).attach(mcp);
}

function placeOf(uri: string): { readonly name: string; readonly path: string } | undefined {
  const match = /^skill:\/\/([a-z0-9-]{1,64})\/([^?#]{1,500})$/.exec(uri);
  if (match === null) return undefined;
  try {
    return { name: match[1] as string, path: decodeURIComponent(match[2] as string) };
  } catch {
    return undefined;
  }
}

async function found<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SandboxError && error.code === 'SKILL_NOT_FOUND') return undefined;
    throw error;
  }
}

const textTypes: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
  ts: 'text/typescript',
  blake3: 'text/plain',
};

function contentOf(path: string, bytes: Uint8Array): SkillReadResult {
  const extension = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? '';
  const mimeType = Object.hasOwn(textTypes, extension) ? textTypes[extension] : undefined;
  if (mimeType === undefined) return { bytes, mimeType: 'application/octet-stream' };
  return { text: Buffer.from(bytes).toString('utf8'), mimeType };
}
