import { plainText } from '@org/core';
import type { SkillSummary } from '../agent-host.ts';
import { cutToBudget } from '../shape/cut.ts';
import { estimateTokens } from '../shape/tokens.ts';
import { ToolInput } from './read-input.ts';
import { refusedMembers } from './schema.ts';
import { type AgentTool, namesIn, readsOnly } from './tool.ts';

export const listSkills: AgentTool = {
  name: 'list_skills',
  title: 'List skills',
  description: 'List saved programs: names, what they do, parameters.',
  inputSchema: {
    type: 'object',
    properties: { query: { type: 'string', description: 'Words in the name or description' } },
  },
  outputSchema: {
    type: 'object',
    properties: {
      skills: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            description: { type: 'string' },
            parameters: { type: 'object' },
          },
          required: ['name', 'description'],
        },
      },
      more: { type: 'integer' },
      ...refusedMembers,
    },
    additionalProperties: false,
  },
  annotations: readsOnly,
  async call(raw, { client, budget }) {
    const input = new ToolInput('list_skills', raw, namesIn(listSkills));
    const words = (input.optionalText('query') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const found = (await client.skills()).filter((skill) => matches(skill, words));
    const skills = [];
    let left = budget.preset;
    for (const { name, description, parameters } of found) {
      const shown = {
        name,
        description: plainText(description).slice(0, 1_024),
        ...(parameters && { parameters: cutToBudget(parameters, 500).value }),
      };
      left -= estimateTokens(JSON.stringify(shown));
      if (left < 0) break;
      skills.push(shown);
    }
    const more = found.length - skills.length;
    const structuredContent = { skills, ...(more > 0 && { more }) };
    const text =
      found.length === 0
        ? 'There are no such skills.'
        : [
            ...skills.map((skill) => JSON.stringify(skill)),
            ...(more > 0 ? [`… and ${more} more: narrow with query.`] : []),
          ].join('\n');
    return { content: [{ type: 'text', text }], structuredContent };
  },
};

function matches({ name, description }: SkillSummary, words: readonly string[]): boolean {
  const text = `${name} ${description}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
