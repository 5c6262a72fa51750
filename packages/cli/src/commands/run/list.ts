import { integer, option, string } from '@oclif/core/flags';
import type { RunFilter, RunStatus, RunSummary } from '@org/runs';
import { McpCommand } from '../../mcp-command.ts';
import { plainLine } from '../../plain-text.ts';
import { openRecordedRuns } from '../../runs/open-runs.ts';
import { parseSince } from '../../runs/parse-since.ts';
import { runTable, tabbedRuns } from '../../runs/run-table.ts';
import { paintStatus } from '../../runs/status-style.ts';
import { widthOf } from '../../text-width.ts';

const statuses: readonly RunStatus[] = [
  ...(['running', 'suspended', 'lost', 'returned', 'threw', 'limit', 'aborted'] as const),
];

export default class RunList extends McpCommand {
  static override summary = 'List the runs that are recorded, the newest first.';

  static override description =
    `"running": a process has it. "suspended": it waits, for an approval for example, and goes on with "run resume". "lost": the process that had it has died; "run resume" goes on with it. The others are how it ended.

On a terminal this is a table; otherwise each line has id, status, start, milliseconds, calls, session and program, separated by tabs.

Exit codes: 0 listed, 1 the record cannot be read, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    {
      description: 'The newest runs:',
      command: '<%= config.bin %> <%= command.id %> --limit 50',
    },
    {
      description: 'Those that wait for somebody, of the last two days:',
      command: '<%= config.bin %> <%= command.id %> --status suspended,lost --since 2d',
    },
  ];

  static override flags = {
    status: option({
      options: statuses,
      multiple: true,
      delimiter: ',',
      summary: 'Only runs of this status; several are separated by commas.',
    })(),
    since: string({
      helpValue: '<time>',
      summary: 'Only runs that began since then: 2h, 3d, 2026-11-20.',
    }),
    session: string({ helpValue: '<id>', summary: 'Only runs of this session.' }),
    limit: integer({
      helpValue: '<count>',
      min: 1,
      max: 10_000,
      default: 20,
      summary: 'Most runs that are listed.',
    }),
  };

  async run(): Promise<{ readonly runs: readonly RunSummary[] }> {
    const { flags } = await this.parse(RunList);
    const { status, since, session, limit } = flags;
    const filter: RunFilter = {
      limit,
      ...(status === undefined ? {} : { status }),
      ...(since === undefined ? {} : { since: parseSince('since', since) }),
      ...(session === undefined ? {} : { session }),
    };
    await using runs = await openRecordedRuns();
    const found = runs.list(filter);
    if (this.jsonEnabled()) return { runs: found };
    if (!process.stdout.isTTY) {
      for (const line of tabbedRuns(found)) this.log(line);
      return { runs: found };
    }
    if (found.length === 0) {
      const kind = status === undefined ? '' : ` ${plainLine(status.join(' or '))}`;
      this.log(`There are no${kind} runs. "mcp-cli execute" records one.`);
    }
    for (const line of runTable(found, widthOf(process.stdout), paintStatus)) this.log(line);
    return { runs: found };
  }
}
