import { boolean, string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import type { ProgramSkill } from '@org/skill-store';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { readSkill, requireProgram, skillArg, skillsFlag } from '../../skills/skill-command.ts';

export default class SkillExport extends McpCommand {
  static override summary = 'Write a skill to one file.';

  static override description =
    `The file is a tar archive with the files of the skill; the same skill gives the same bytes. With --standalone it is a WebAssembly component, which any component runtime can drive.

Exit codes: 0 written, 1 the skill is damaged, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'Pass a skill on:',
      command: '<%= config.bin %> <%= command.id %> weekly-report -o weekly-report.skill.tar',
    },
  ];

  static override args = { skill: skillArg };
  static override flags = {
    output: string({
      char: 'o',
      helpValue: '<file>',
      summary: 'Write here. Default: <name>.skill.tar, or .component.wasm, in the working folder.',
    }),
    standalone: boolean({
      summary: 'Write only the program, as a component with the engine in it (13 MB).',
    }),
    skills: skillsFlag,
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SkillExport);
    const { writeArchive } = await import('@org/skill-store');
    const { replaceFile } = await import('../../replace-file.ts');
    const skill = await readSkill(args.skill, flags.skills);
    if (skill.metadata === undefined) {
      throw new SandboxError('USAGE', `${skill.id} was not saved by mcp-cli.`, {
        hint: `Copy its folder: ${skill.folder}`,
      });
    }
    const ending = flags.standalone ? 'component.wasm' : 'skill.tar';
    const file = flags.output ?? `${skill.id}.${ending}`;
    const bytes = flags.standalone
      ? await componentOf(requireProgram(skill))
      : writeArchive(skill.id, skill.files);
    await replaceFile(file, bytes);
    this.log(plainLine(`Wrote ${file}: ${bytes.length} bytes`));
    return { name: skill.id, file, bytes: bytes.length, digest: skill.digest };
  }
}

/** The skill's program as standard WebAssembly that needs nothing of ours. */
async function componentOf(skill: ProgramSkill): Promise<Uint8Array> {
  const { offlineSandbox } = await import('../../skills/sandboxes.ts');
  const { openSkillProgram } = await import('../../skills/skill-program.ts');
  await using sandbox = await offlineSandbox(skill);
  const { program } = await openSkillProgram(sandbox, skill);
  return await program.toComponent();
}
