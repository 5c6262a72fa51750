import { string as stringArg } from '@oclif/core/args';
import type { CheckDiagnostic } from '@org/checker';
import { type ErrorCode, plainText, SandboxError } from '@org/core';
import { exitCode, exitCodeOfError } from '../exit-code.ts';
import { keptCatalogs, type WithKept } from '../kept-catalogs.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { plainLine } from '../plain-text.ts';
import { readBytes, textOf } from '../read-text.ts';

interface CheckDocument extends WithKept {
  readonly ok: boolean;
  readonly diagnostics: readonly CheckDiagnostic[];
  /** How many more there are. */
  readonly omitted: number;
}

const hint = 'Name a program, for example: mcp-cli check program.ts';

export default class Check extends McpCommand {
  static override underWay = 'checking';

  static override summary = 'Type-check a program against the tools and the globals that it finds.';

  static override description =
    `Nothing of the program runs, and no tool is called. Servers that it imports are started, to read what tools they have. "mcp-cli execute" makes the same check first, and does not run a program with an error; warnings are what may be right at run time.

Exit codes: 0 clean, 1 errors, 2 wrong usage, 4 a server that it imports is refused, 5 a server that it imports could not be reached, so that the use of its tools was not checked, 130 interrupted.`;

  static override examples = [
    {
      description: 'Check a program:',
      command: '<%= config.bin %> <%= command.id %> report.ts',
    },
    {
      description: 'Take what it found apart:',
      command: `<%= config.bin %> <%= command.id %> report.ts --json | jq '.diagnostics[].message'`,
    },
  ];

  static override args = {
    file: stringArg({ description: 'The program, a .ts or .js file.', required: true }),
  };

  async run(): Promise<CheckDocument> {
    const { args, flags } = await this.parse(Check);
    const bytes = await readBytes(args.file, hint);
    const { openToolbox } = await import('../toolbox.ts');
    const { createChecker, describeDiagnostics } = await import('@org/checker');
    if (bytes.subarray(0, 4).toString('latin1') === '\0asm') {
      throw new SandboxError('USAGE', `${args.file} is compiled, and has no types.`, { hint });
    }
    await using toolbox = await openToolbox({
      configPath: flags.config,
      ...this.atTerminal(flags),
      configOptional: true,
    });
    const interrupted = this.interruption();
    await using checker = createChecker({ files: toolbox.files });
    const checking = checker.check(textOf(bytes), { name: args.file });
    const result = await unlessInterrupted(checking, interrupted);
    const report = describeDiagnostics(result, plainLine(args.file));
    this.log(plainText(report === '' ? `${args.file}: no errors.` : report));
    process.exitCode = result.ok ? exitCodeOfWarnings(result.diagnostics) : exitCode.threw;
    return { ...result, ...keptCatalogs(toolbox.kept) };
  }
}

/** Of a server whose types are not known, the code that a run would end with. */
function exitCodeOfWarnings(diagnostics: readonly CheckDiagnostic[]): number {
  const codes = diagnostics.map(({ code }) => exitCodeOfError(code as ErrorCode));
  const told: number[] = [exitCode.refused, exitCode.unreachable];
  return codes.find((code) => told.includes(code)) ?? 0;
}
