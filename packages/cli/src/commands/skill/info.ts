import { McpCommand } from '../../mcp-command.ts';
import { plainLine, visibleText } from '../../plain-text.ts';
import { readSkill, skillArg, skillsFlag } from '../../skills/skill-command.ts';

export default class SkillInfo extends McpCommand {
  static override summary = 'Show what a skill is: parameters, tools, source.';

  static override description = `Checks the skill's digests and shows it; connects to nothing.

Exit codes: 0 shown, 1 damaged, 2 no such skill, 130 interrupted.`;

  static override examples = [
    { description: 'Show a skill:', command: '<%= config.bin %> <%= command.id %> weekly-report' },
    {
      description: 'Show its program:',
      command: '<%= config.bin %> <%= command.id %> weekly-report --json | jq -r .source',
    },
  ];

  static override args = { skill: skillArg };
  static override flags = { skills: skillsFlag };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SkillInfo);
    const { programOf } = await import('@org/skill-store');
    const skill = await readSkill(args.skill, flags.skills);
    const { id, description, folder, files, metadata } = skill;
    const sizes = [...files].map(([file, bytes]) => ({ file, bytes: bytes.length }));
    this.log(plainLine(`${id}: ${description}`));
    this.log(plainLine(`folder: ${folder}`));
    if (metadata === undefined) {
      this.log(visibleText(Buffer.from(files.get('SKILL.md') ?? []).toString('utf8')));
      return { name: id, description, folder, files: sizes };
    }
    const source = programOf(skill)?.program.source;
    const { describeParameters } = await import('../../skills/parameter-flags.ts');
    this.log(`digest: ${skill.digest}`);
    this.log(plainLine(`saved: ${metadata.created} by ${metadata.createdWith}`));
    this.log(plainLine(`may call: ${metadata.allow.join(', ') || 'no tools'}`));
    if (metadata.kind === 'program') {
      this.log(plainLine(`result: ${metadata.result ?? 'JSON'}`));
      this.log(`parameters:\n${describeParameters(metadata.parameters)}`);
    }
    if (source !== undefined) this.log(visibleText(source));
    return {
      ...{ name: id, description, folder, digest: skill.digest, metadata, files: sizes },
      ...(source !== undefined && { source }),
    };
  }
}
