import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import type { JsonValue } from '@org/core';
import { exitCode } from '../../exit-code.ts';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine, visibleText } from '../../plain-text.ts';
import { skillsFlag } from '../../skills/skill-command.ts';

interface TestedDocument {
  readonly skills: readonly {
    readonly name: string;
    readonly runs: readonly {
      readonly args: JsonValue;
      readonly passed: boolean;
      readonly differences: readonly string[];
      readonly remarks: readonly string[];
    }[];
  }[];
  readonly updated: boolean;
}

export default class SkillTest extends McpCommand {
  static override underWay = 'testing';

  static override summary = 'Repeat the recorded runs of skills, offline, and compare.';

  static override description =
    `"mcp-cli skill run --record" keeps the answers of a run. This repeats it with these answers, starts no server, and compares result, calls and fuel. Without a name, all skills that have recorded runs are tested. A skill that is not trusted is tested as well: it reaches nothing.

Exit codes: 0 same, 1 a run differed, 2 wrong usage, or nothing is recorded, 130 interrupted.`;

  static override examples = [
    { description: 'Test all skills:', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Test one:', command: '<%= config.bin %> <%= command.id %> weekly-report' },
    {
      description: 'Take over how a skill behaves now:',
      command: '<%= config.bin %> <%= command.id %> weekly-report --update',
    },
  ];

  static override args = { skill: string({ description: 'Name of a skill. Default: all.' }) };
  static override flags = {
    update: boolean({ default: false, summary: 'Record the runs as they are now.' }),
    skills: skillsFlag,
  };

  async run(): Promise<TestedDocument> {
    const { args, flags } = await this.parse(SkillTest);
    const { openSkillStore } = await import('../../skills/open-store.ts');
    const { testedSkills, testSkill, updateCassette } = await import(
      '../../skills/tested-skills.ts'
    );
    const store = await openSkillStore(flags.skills);
    const signal = this.interruption();
    const skills = [];
    for (const skill of await testedSkills(store, args.skill)) {
      const { runs, stale } = await testSkill(skill, signal);
      if (stale) this.log(`${skill.id}: its module is for another engine; its source was compiled`);
      for (const { args: given, differences, remarks } of runs) {
        const passed = differences.length === 0;
        this.log(
          plainLine(`${passed ? 'same  ' : 'DIFFERS'} ${skill.id} ${JSON.stringify(given)}`).slice(
            0,
            300,
          ),
        );
        for (const line of [...differences, ...remarks]) this.log(`  ${visibleText(line)}`);
        if (!passed && !flags.update) process.exitCode = exitCode.threw;
      }
      if (flags.update) await updateCassette(store, skill, runs);
      const told = runs.map(({ args: given, differences, remarks }) => ({
        ...{ args: given, passed: differences.length === 0, differences, remarks },
      }));
      skills.push({ name: skill.id, runs: told });
    }
    if (flags.update) this.log('Recorded as they are now.');
    return { skills, updated: flags.update };
  }
}
