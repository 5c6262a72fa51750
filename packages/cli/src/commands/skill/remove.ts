import { parseSkillId } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { skillArg, skillsFlag } from '../../skills/skill-command.ts';

export default class SkillRemove extends McpCommand {
  static override summary = 'Remove a skill, whole.';

  static override description = `Exit codes: 0 removed, 2 no such skill, 130 interrupted.`;

  static override examples = [
    {
      description: 'Remove a skill:',
      command: '<%= config.bin %> <%= command.id %> weekly-report',
    },
  ];

  static override args = { skill: skillArg };
  static override flags = { skills: skillsFlag };

  async run(): Promise<{ readonly removed: string }> {
    const { args, flags } = await this.parse(SkillRemove);
    const { openSkillStore } = await import('../../skills/open-store.ts');
    const id = parseSkillId(args.skill);
    await (await openSkillStore(flags.skills)).remove(id);
    this.log(`Removed ${id}`);
    return { removed: id };
  }
}
