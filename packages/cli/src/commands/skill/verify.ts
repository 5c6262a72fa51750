import { string } from '@oclif/core/args';
import { exitCode } from '../../exit-code.ts';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { skillsFlag } from '../../skills/skill-command.ts';

interface VerifiedDocument {
  readonly skills: readonly {
    readonly name: string;
    readonly digest?: string;
    readonly trusted: boolean;
    /** Whether module.wasm is what this engine makes of the source; a program of this engine has it. */
    readonly fromSource?: boolean;
    readonly problem?: string;
  }[];
}

export default class SkillVerify extends McpCommand {
  static override underWay = 'verifying';

  static override summary =
    'Check the digests of skills, and that their modules are made of their sources.';

  static override description =
    `Reads every byte once, compares it with checksum.blake3 and that with the versions that you trust, and compiles each program again. Runs nothing and connects to nothing.

Exit codes: 0 all are whole, 1 one is damaged or its module is of another source, 2 no such skill, 4 one is not trusted, 130 interrupted.`;

  static override examples = [
    { description: 'Check all skills:', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Check one:', command: '<%= config.bin %> <%= command.id %> weekly-report' },
  ];

  static override args = { skill: string({ description: 'Name of a skill. Default: all.' }) };
  static override flags = { skills: skillsFlag };

  async run(): Promise<VerifiedDocument> {
    const { args, flags } = await this.parse(SkillVerify);
    const { parseSkillId } = await import('@org/core');
    const { openSkillStore } = await import('../../skills/open-store.ts');
    const { verifySkill } = await import('../../skills/verify-skill.ts');
    const store = await openSkillStore(flags.skills);
    const ids = args.skill === undefined ? await store.names() : [parseSkillId(args.skill)];
    const skills = [];
    for (const id of ids) skills.push(await verifySkill(store, id, args.skill === undefined));
    for (const { name, trusted, problem } of skills) {
      const state = problem ?? (trusted ? 'whole and trusted' : 'whole, not trusted');
      this.log(plainLine(`${name}: ${state}`));
    }
    const bad = skills.some(({ problem }) => problem !== undefined);
    if (skills.some(({ trusted }) => !trusted)) process.exitCode = exitCode.refused;
    if (bad) process.exitCode = exitCode.threw;
    return { skills };
  }
}
