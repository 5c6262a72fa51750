import { boolean } from '@oclif/core/flags';
import type { SkillMetadata } from '@org/skill-store';
import { exitCode } from '../../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import type { Drift } from '../../skills/declared-tools.ts';
import { skillArg, skillsFlag, trustFlag } from '../../skills/skill-command.ts';

interface LoadedDocument {
  readonly name: string;
  readonly folder: string;
  readonly digest: string;
  readonly metadata: SkillMetadata;
  /** Tools that are others than when the skill was saved. */
  readonly drift: readonly Drift[];
  /** Servers that could not be asked, with the reason. */
  readonly unreachable: readonly { readonly server: string; readonly reason: string }[];
}

export default class SkillLoad extends McpCommand {
  static override underWay = 'comparing';

  static override summary = 'Check a skill against its servers, and make it ready to run.';

  static override description =
    `Checks the skill's digests and that this version is trusted, or asks. Then compares the tools that it was saved with to those that its servers offer now, and shows what differs.

Exit codes: 0 ready, 1 damaged, 2 wrong usage, 4 not trusted, or with --strict a tool has changed, 5 with --strict a server could not be reached, 130 interrupted.`;

  static override examples = [
    { description: 'Load a skill:', command: '<%= config.bin %> <%= command.id %> weekly-report' },
    {
      description: 'Trust the version that a repository brought, where nobody can be asked:',
      command: '<%= config.bin %> <%= command.id %> weekly-report --trust-skill',
    },
  ];

  static override args = { skill: skillArg };
  static override flags = {
    strict: boolean({ summary: 'Refuse where a tool has changed or a server cannot be asked.' }),
    offline: boolean({ summary: 'Ask no server.' }),
    'trust-skill': trustFlag,
    skills: skillsFlag,
  };

  async run(): Promise<LoadedDocument> {
    const { args, flags } = await this.parse(SkillLoad);
    const { parseSkillId, SandboxError } = await import('@org/core');
    const { openToolbox } = await import('../../toolbox.ts');
    const { admitSkill } = await import('../../skills/admit.ts');
    const { driftOfSkill } = await import('../../skills/drift-of-skill.ts');
    const { describeDrift } = await import('../../skills/describe-drift.ts');
    const person = this.person();
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: true,
      ...this.atTerminal(flags, person),
      skills: flags.skills,
    });
    const signal = this.interruption();
    const skill = await toolbox.skills.read(parseSkillId(args.skill));
    if (skill.metadata === undefined) {
      throw new SandboxError(
        'USAGE',
        `The skill ${skill.id} is a text to read, and has no digests.`,
        {
          hint: `See mcp-cli skill info ${skill.id}.`,
        },
      );
    }
    await admitSkill(toolbox.skills, skill, {
      trust: flags['trust-skill'],
      signal,
      person,
    });
    const { drift, unreachable } = flags.offline
      ? { drift: [], unreachable: [] }
      : await unlessInterrupted(driftOfSkill(skill, toolbox.bridge), signal);
    const { id, folder, digest, metadata } = skill;
    this.log(plainLine(`${id}: ${metadata.description}`));
    for (const one of drift) this.log(describeDrift(one));
    for (const { server, reason } of unreachable) {
      this.log(plainLine(`The server ${server} cannot be asked: ${reason}`));
    }
    if (flags.strict && unreachable.length > 0) process.exitCode = exitCode.unreachable;
    if (flags.strict && drift.length > 0) process.exitCode = exitCode.refused;
    if ((process.exitCode ?? 0) === 0 && metadata.kind === 'program') {
      const { flagUsage, skillParameters } = await import('@org/skill-store');
      const usage = skillParameters(metadata.parameters).map(flagUsage).join(' ');
      this.log(plainLine(`Ready: mcp-cli skill run ${id} ${usage}`));
    }
    return { name: id, folder, digest, metadata, drift, unreachable };
  }
}
