import path from 'node:path';
import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { parseSkillId, SandboxError, type ServerId } from '@org/core';
import type { SkillMetadata } from '@org/skill-store';
import { cacheFlag, programCache } from '../../cache-folder.ts';
import { McpCommand, unlessInterrupted } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { portsOf } from '../../ports.ts';
import { readBytes, textOf } from '../../read-text.ts';
import { skillsFlag } from '../../skills/skill-command.ts';
import type { Toolbox } from '../../toolbox.ts';

interface SavedDocument {
  readonly name: string;
  readonly folder: string;
  /** BLAKE3 of the whole skill, hex. */
  readonly digest: string;
  readonly metadata: SkillMetadata;
}

const hint = 'Name a program: mcp-cli skill save report.ts --name weekly-report';

export default class SkillSave extends McpCommand {
  static override underWay = 'saving';

  static override summary =
    'Save a program as a skill, with its parameters and the tools it may use.';

  static override description =
    `The program is compiled and its types are checked; none of it is run. Its parameters are those of the type of its default export, or an exported JSON Schema named "parameters"; its description is that of its doc comment. A skill of the same name is replaced. With --server, the skill documents the tools of a server instead.

Exit codes: 0 saved, 1 it could not be compiled or has an error, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Save a program; it may call the tools that it imports:',
      command: '<%= config.bin %> <%= command.id %> report.ts --name weekly-report',
    },
    {
      description: 'Say what it may call:',
      command:
        '<%= config.bin %> <%= command.id %> report.ts --name weekly-report --allow github/get_issue --allow files',
    },
    {
      description: 'Document the tools of a server for agents:',
      command: '<%= config.bin %> <%= command.id %> --server github --name github-tools',
    },
  ];

  static override args = { file: stringArg({ description: 'The program, a .ts or .js file.' }) };

  static override flags = {
    name: string({
      char: 'n',
      helpValue: '<name>',
      summary:
        'Name of the skill: a to z, 0 to 9 and hyphens. Default: that of the file or server.',
    }),
    description: string({
      char: 'd',
      helpValue: '<text>',
      summary: "What it does and when to use it. Default: the program's doc comment.",
    }),
    allow: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<pattern>',
      summary:
        'Only let the skill call these tools: github/get_issue, github.get_*. May be given several times. Default: those that it imports.',
    }),
    check: boolean({
      allowNo: true,
      default: true,
      summary: 'Check the types of the program, and do not save one with an error. Default: yes.',
    }),
    server: string({ helpValue: '<server>', summary: 'Save the documentation of this server.' }),
    skills: skillsFlag,
    cache: cacheFlag,
  };

  async run(): Promise<SavedDocument> {
    const { args, flags } = await this.parse(SkillSave);
    const { file } = args;
    if ((file === undefined) === (flags.server === undefined)) {
      throw new SandboxError('USAGE', 'Give either a program or --server.', { hint });
    }
    const named = flags.name ?? flags.server ?? path.parse(file ?? '').name;
    const id = parseSkillId(
      flags.name === undefined ? named.toLowerCase().replaceAll('_', '-') : named,
    );
    const { openToolbox } = await import('../../toolbox.ts');
    const { saveProgram, saveServer } = await import('../../skills/save-skill.ts');
    const source = file === undefined ? '' : textOf(await readBytes(file, hint));
    await using toolbox = await openToolbox({
      configPath: flags.config,
      ...this.atTerminal(flags),
      configOptional: flags.server === undefined,
      skills: flags.skills,
    });
    const { name, version } = this.config;
    const options = { id, description: flags.description, createdWith: `${name} ${version}` };
    const warn = (text: string) => process.stderr.write(`Warning: ${text}\n`);
    const interrupted = this.interruption();
    const store = toolbox.skills;
    const saving = async () => {
      if (flags.server !== undefined) {
        return await saveServer(store, await toolbox.catalog(flags.server as ServerId), options);
      }
      const { createSandbox } = await import('@org/wasm-runtime');
      const ports = portsOf(Promise.resolve<Toolbox>(toolbox));
      await using sandbox = await createSandbox({ ...ports, ...(await programCache(flags.cache)) });
      const fileName = path.basename(file ?? '');
      return await saveProgram(store, sandbox, toolbox, {
        ...options,
        source,
        fileName,
        allow: flags.allow,
        types: { check: flags.check, warn },
      });
    };
    const { folder, digest, metadata } = await unlessInterrupted(saving(), interrupted);
    this.log(plainLine(`Saved ${folder}`));
    this.log(plainLine(`It may call: ${metadata.allow.join(', ') || 'no tools'}`));
    if (metadata.kind === 'program') {
      const { describeParameters } = await import('../../skills/parameter-flags.ts');
      this.log(`Parameters:\n${describeParameters(metadata.parameters)}`);
    }
    return { name: id, folder, digest, metadata };
  }
}
