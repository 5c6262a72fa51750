import { World } from './world.ts';

/** A world in which programs have run, wait, failed and were saved, as the pages take for granted. */
export async function prepareWorld(): Promise<World> {
  const world = World.empty();
  const run = async (line: string, code = 0) => {
    const ended = await world.shell(line);
    if (ended.code === code) return ended.stdout;
    throw new Error(`${line}\nended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
  };
  const last = async () => JSON.parse(await run('mcp-cli run list --json')).runs[0].runId;

  await run(`mcp-cli execute comments.ts --ask 'github.*' --on-ask suspend`, 6);
  world.keepRuns('suspended', await last());
  await run('mcp-cli run approve last --yes');
  world.keepRuns('approved', await last());
  await run('mcp-cli execute failing.ts', 1);
  world.keepRuns('failed', await last());
  const plan = await run('mcp-cli execute report.ts --plan');
  const [, planId = ''] = /--approved-plan (\w+)/u.exec(plan) ?? [];
  world.keepRuns('planned', planId);
  await run('mcp-cli execute report.ts');
  world.keepRuns('returned', await last());
  await run('mcp-cli skill save report.ts --name weekly-report');
  await run('mcp-cli skill run weekly-report --repo octo/cat --record');
  await run('mcp-cli skill save find-todos.ts');
  await run('mcp-cli skill run find-todos --folder notes');
  await run('mcp-cli skill export weekly-report -o weekly-report.skill.tar');
  await run('mcp-cli compile report.ts');
  world.keep();
  return world;
}
