import { string } from '@oclif/core/args';
import { exitCode } from '../../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { plainLine, visibleText } from '../../plain-text.ts';
import type { Drift } from '../../skills/declared-tools.ts';
import { skillArg, skillsFlag } from '../../skills/skill-command.ts';

interface DiffDocument {
  readonly name: string;
  readonly same: boolean;
  /** Of each part that differs, lines that say how. */
  readonly parts: readonly { readonly part: string; readonly lines: readonly string[] }[];
  readonly drift: readonly Drift[];
}

export default class SkillDiff extends McpCommand {
  static override underWay = 'comparing';

  static override summary = 'Compare a skill with a program, an exported skill, or its servers.';

  static override description =
    `With a file, compares the skill with it: a program, or an archive of "skill export". Without one, compares the tools that it was saved with to those that its servers offer now.

Exit codes: 0 same, 1 they differ, 2 wrong usage, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'What have its servers changed?',
      command: '<%= config.bin %> <%= command.id %> weekly-report',
    },
    {
      description: 'What have I changed?',
      command: '<%= config.bin %> <%= command.id %> weekly-report report.ts',
    },
  ];

  static override args = {
    skill: skillArg,
    file: string({ description: 'A program or an exported skill.' }),
  };
  static override flags = { skills: skillsFlag };

  async run(): Promise<DiffDocument> {
    const { args, flags } = await this.parse(SkillDiff);
    const { parseSkillId } = await import('@org/core');
    const { openToolbox } = await import('../../toolbox.ts');
    const { diffWithFile } = await import('../../skills/diff-skill.ts');
    const { driftOfSkill } = await import('../../skills/drift-of-skill.ts');
    const { describeDrift } = await import('../../skills/describe-drift.ts');
    await using toolbox = await openToolbox({
      configPath: flags.config,
      ...this.atTerminal(flags),
      configOptional: true,
      skills: flags.skills,
    });
    const signal = this.interruption();
    const skill = await toolbox.skills.read(parseSkillId(args.skill));
    const warn = (text: string) => process.stderr.write(`Warning: ${text}\n`);
    let parts: DiffDocument['parts'] = [];
    let drift: readonly Drift[] = [];
    if (args.file !== undefined) {
      const reading = diffWithFile(skill, args.file, toolbox.files, warn);
      parts = await unlessInterrupted(reading, signal);
    } else if (skill.metadata !== undefined) {
      const found = await unlessInterrupted(driftOfSkill(skill, toolbox.bridge), signal);
      drift = found.drift;
      for (const { server, reason } of found.unreachable) {
        this.log(plainLine(`The server ${server} cannot be asked: ${reason}`));
        process.exitCode = exitCode.unreachable;
      }
    }
    for (const { part, lines } of parts) {
      this.log(`${part}\n${lines.map(visibleText).join('\n')}`);
    }
    for (const one of drift) this.log(describeDrift(one));
    const same = parts.length + drift.length === 0;
    if (!same) process.exitCode = exitCode.threw;
    else if ((process.exitCode ?? 0) === 0) this.log('No difference.');
    return { name: skill.id, same, parts, drift };
  }
}
