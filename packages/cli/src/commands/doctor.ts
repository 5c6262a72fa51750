import type { Finding } from '../doctor/findings.ts';
import { exitCode } from '../exit-code.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { plainLine } from '../plain-text.ts';
import { styled } from '../styled.ts';

const marks: Readonly<Record<Finding['status'], string>> = { ok: 'ok', warning: '!!', error: 'XX' };
const colours = { ok: 'green', warning: 'yellow', error: 'red' } as const;

export default class Doctor extends McpCommand {
  static override underWay = 'looking';

  static override summary = 'Look at all that a run needs, and say what is wrong.';

  static override description =
    `Runs a small program, checks a wrong one, reads the configuration and looks for the commands of its servers, and at the folders in which mcp-cli keeps things. Starts no server: "server list --connect" does.

Exit codes: 0 nothing keeps programs from running, 1 something does, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'What is wrong?', command: '<%= config.bin %> <%= command.id %>' },
  ];

  async run(): Promise<{ readonly findings: readonly Finding[] }> {
    const { flags } = await this.parse(Doctor);
    const { findings } = await import('../doctor/findings.ts');
    const found = await unlessInterrupted(findings(flags.config), this.interruption());
    for (const { what, status, told, hint } of found) {
      const mark = styled(colours[status], marks[status], process.stdout);
      this.log(`${mark}  ${plainLine(`${what}: ${told}`)}`);
      if (hint !== undefined) this.log(`    ${plainLine(hint)}`);
    }
    if (found.some(({ status }) => status === 'error')) process.exitCode = exitCode.threw;
    return { findings: found };
  }
}
