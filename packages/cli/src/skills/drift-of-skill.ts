import { SandboxError, type ServerId } from '@org/core';
import type { CheckedSkill } from '@org/skill-store';
import { type Drift, driftOf, type Servers } from './declared-tools.ts';

export interface SkillDrift {
  readonly drift: readonly Drift[];
  readonly unreachable: readonly { readonly server: string; readonly reason: string }[];
}

/** Compares all tools that a skill was saved with to those that its servers offer now. */
export async function driftOfSkill(
  { metadata }: CheckedSkill,
  bridge: Pick<Servers, 'catalog'>,
): Promise<SkillDrift> {
  const servers = [...new Set(metadata.tools.map(({ server }) => server))];
  const drift: Drift[] = [];
  const unreachable: { server: string; reason: string }[] = [];
  for (const server of servers) {
    try {
      const catalog = await bridge.catalog(server as ServerId);
      const tools = metadata.tools.filter((tool) => tool.server === server);
      drift.push(...tools.map((tool) => driftOf(tool, catalog)).filter((one) => one !== undefined));
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      unreachable.push({ server, reason: error.message });
    }
  }
  return { drift, unreachable };
}
