import { string as stringArg } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { readBytes } from '../../read-text.ts';
import { skillsFlag, trustFlag } from '../../skills/skill-command.ts';

export default class SkillImport extends McpCommand {
  static override summary = 'Take a skill out of a file that "skill export" wrote.';

  static override description =
    `Only what an export can hold is taken: files that a skill has, no links, no paths, no more than their sizes; their digests have to be right. Before it is run for the first time, you are asked.

Exit codes: 0 imported, 1 the archive is refused, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'Import a skill:',
      command: '<%= config.bin %> <%= command.id %> weekly-report.skill.tar',
    },
  ];

  static override args = { file: stringArg({ description: 'The archive.', required: true }) };
  static override flags = {
    force: boolean({ summary: 'Replace a skill of the same name.' }),
    'trust-skill': trustFlag,
    skills: skillsFlag,
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SkillImport);
    const { readArchive } = await import('@org/skill-store');
    const { openSkillStore } = await import('../../skills/open-store.ts');
    const bytes = await readBytes(args.file, 'Name a file that mcp-cli skill export wrote.');
    const store = await openSkillStore(flags.skills);
    const { id, files, metadata } = readArchive(bytes);
    if (!flags.force && (await store.names()).includes(id)) {
      throw new SandboxError('USAGE', `There is a skill named ${id} already.`, {
        hint: 'Compare them with "mcp-cli skill diff", and replace it with --force.',
      });
    }
    const { folder, digest } = await store.save(id, files, flags['trust-skill'] ?? false);
    this.log(plainLine(`Imported ${folder}`));
    this.log(plainLine(`It may call: ${metadata.allow.join(', ') || 'no tools'}`));
    return { name: id, folder, digest, metadata };
  }
}
