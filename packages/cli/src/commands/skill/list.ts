import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { skillsFlag } from '../../skills/skill-command.ts';
import { cutToWidth } from '../../text-width.ts';

/** Of a line that no terminal shows. */
const widestLine = 300;

interface ListedSkill {
  readonly name: string;
  readonly kind: 'program' | 'server' | 'text';
  readonly description: string;
  readonly folder: string;
  readonly trusted: boolean;
}

interface ListDocument {
  readonly skills: readonly ListedSkill[];
  readonly unusable: readonly {
    readonly name: string;
    readonly folder: string;
    readonly reason: string;
  }[];
}

export default class SkillList extends McpCommand {
  static override summary = 'List the skills of the project.';

  static override description =
    `Reads and checks each skill of .claude/skills and .agents/skills, from the working folder up to the root of its git repository.

Exit codes: 0 listed, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'List the skills:', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Names of those that can be run:',
      command: `<%= config.bin %> <%= command.id %> --json | jq -r '.skills[] | select(.kind == "program").name'`,
    },
  ];

  static override flags = { skills: skillsFlag };

  async run(): Promise<ListDocument> {
    const { flags } = await this.parse(SkillList);
    const { openSkillStore } = await import('../../skills/open-store.ts');
    const store = await openSkillStore(flags.skills);
    const { skills, unusable } = await store.list();
    const listed = await Promise.all(
      skills.map(async (skill): Promise<ListedSkill> => {
        const { id, description, folder, metadata } = skill;
        const trusted = metadata !== undefined && (await store.isTrusted(skill));
        return { name: id, kind: metadata?.kind ?? 'text', description, folder, trusted };
      }),
    );
    for (const { name, kind, description, trusted } of listed) {
      const note = kind === 'program' && !trusted ? ' (not trusted)' : '';
      const line = plainLine(`${name} [${kind}]${note}: ${description}`);
      this.log(cutToWidth(line, process.stdout.columns || widestLine));
    }
    for (const { name, reason } of unusable)
      this.log(plainLine(`${name} cannot be used: ${reason}`));
    if (listed.length + unusable.length === 0) this.log('There are no skills.');
    return { skills: listed, unusable };
  }
}
