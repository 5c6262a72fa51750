import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { McpCommand } from '../mcp-command.ts';
import type { Statistics } from '../runs/statistics.ts';
import { parts } from '../runs/statistics-parts.ts';
import { widthOf } from '../text-width.ts';

export default class Stats extends McpCommand {
  static override underWay = 'counting';

  static override summary = 'Sum up the recorded runs: tokens kept out, tools, cache.';

  static override description =
    `Counts what "run list" lists: runs by how they ended, the tokens of tool results that did not have to be returned (estimated), calls that a cache answered, and per tool how often and how fast. With a part, only that.

Exit codes: 0 shown, 1 the record cannot be read, 2 wrong usage, 130 interrupted.`;

  static override examples = [
    { description: 'All of it:', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The tools of the last week:',
      command: '<%= config.bin %> <%= command.id %> tools --since 7d',
    },
  ];

  static override args = {
    part: stringArg({ description: 'runs, tokens, cache or tools.', options: [...parts] }),
  };

  static override flags = {
    since: string({
      helpValue: '<time>',
      summary: 'Only runs that began since then: 2h, 3d, 2026-11-20.',
    }),
  };

  async run(): Promise<Statistics> {
    const { args, flags } = await this.parse(Stats);
    const { statisticsOf, statisticsText } = await import('../runs/statistics.ts');
    const { openRecordedRuns } = await import('../runs/open-runs.ts');
    const { parseSince } = await import('../runs/parse-since.ts');
    const part = parts.find((one) => one === args.part);
    const since = flags.since === undefined ? undefined : parseSince('since', flags.since);
    await using runs = await openRecordedRuns();
    const statistics = statisticsOf(runs, since);
    if (!this.jsonEnabled()) {
      process.stdout.write(statisticsText(statistics, widthOf(process.stdout), part));
    }
    return statistics;
  }
}
