import { string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { readSkill, skillArg, skillsFlag } from '../../skills/skill-command.ts';

export default class SkillExport extends McpCommand {
  static override summary = 'Write a skill to one file.';

  static override description =
    `The file is a tar archive with the files of the skill; the same skill gives the same bytes.

Exit codes: 0 written, 1 the skill is damaged, 2 wrong usage.`;

  static override examples = [
    {
      description: 'Pass a skill on:',
      command: '<%= config.bin %> <%= command.id %> weekly-report -o weekly-report.skill.tar',
    },
  ];

  static override args = { name: skillArg };
  static override flags = {
    output: string({
      char: 'o',
      helpValue: '<file>',
      summary: 'Write here. Default: <name>.skill.tar in the working folder.',
    }),
    skills: skillsFlag,
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SkillExport);
    const { writeArchive } = await import('@org/skill-store');
    const { replaceFile } = await import('../../replace-file.ts');
    const skill = await readSkill(args.name, flags.skills);
    if (skill.metadata === undefined) {
      throw new SandboxError('USAGE', `${skill.id} was not saved by mcp-cli.`, {
        hint: `Copy its folder: ${skill.folder}`,
      });
    }
    const file = flags.output ?? `${skill.id}.skill.tar`;
    const bytes = writeArchive(skill.id, skill.files);
    await replaceFile(file, bytes);
    this.log(plainLine(`Wrote ${file}: ${bytes.length} bytes`));
    return { name: skill.id, file, bytes: bytes.length, digest: skill.digest };
  }
}
