import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './blocks.ts';
import type { Ended, World } from './world.ts';

const manifest = path.join(root, 'packages/cli/oclif.manifest.json');
const commands = Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).commands)
  .map((id) => id.replaceAll(':', ' '))
  .sort((a, b) => b.length - a.length);

/** The commands of mcp-cli in a line, such as `run show`. @throws Error at one that there is not. */
export function commandsIn(line: string): string[] {
  return [...line.matchAll(/(?:^|[ /(])mcp-cli (?=[a-z])(.*?)(?=\bmcp-cli |$)/gu)].map(
    ([, rest = '']) => {
      const command = commands.find((id) => rest === id || rest.startsWith(`${id} `));
      if (command === undefined) throw new Error(`There is no such command: ${rest}`);
      return command;
    },
  );
}

/** What is recorded last where a command is run, unless the lines before it have recorded something. */
const recordedFor: Readonly<Record<string, string>> = {
  'run approve': 'suspended',
  'run cancel': 'suspended',
  'run refuse': 'suspended',
  'run remove': 'suspended',
  'run resume': 'approved',
  'execute --fix': 'failed',
  'execute --approved-plan': 'planned',
};

/** What has to be done first where a line does not begin where the pages begin. */
const before: readonly (readonly [RegExp, string])[] = [
  [/ config init/u, 'rm .mcp.json'],
  [/ server (add|import)/u, `echo '{ "mcpServers": {} }' > .mcp.json`],
  [
    / serve (?:token revoke|--http .*--(?:require-token|allow-host))/u,
    'mcp-cli serve token add ci',
  ],
  [/ skill import/u, 'rm -r .claude/skills/weekly-report'],
  [/ run import/u, 'mcp-cli run export last > run.json && mcp-cli run remove last'],
  [/ --args @args\.json/u, `echo '{}' > args.json`],
  [/ generate .*--check/u, 'mcp-cli generate --output mcp-tools'],
];

/** What a line says that does not hold here, and what it says instead. */
const adapted: readonly (readonly [RegExp, string])[] = [
  // A port that is free.
  [/(--http \S*?)8383/gu, '$10'],
  // Without a terminal nobody can be asked.
  [/(mcp-cli discover (\S+\.\S+)(?!.*--confirm).*)$/gu, '$1 --yes --confirm $2'],
  [/(mcp-cli discover [^.]+)$/gu, '$1 --yes'],
  [/(mcp-cli run (?:approve|refuse)(?!.* --yes).*)$/gu, '$1 --yes'],
  // Shells that may not be there; packages/cli/test/completions.test.ts has them.
  [/source <\((mcp-cli completions zsh)\)/gu, '$1'],
  [/(mcp-cli completions fish) \| source/gu, '$1'],
  // Programs and folders that are not there; what they start is.
  [/^claude mcp add [\w-]+ -- /gu, ''],
  [/^npx @modelcontextprotocol\/inspector --cli (mcp-cli serve) .*$/gu, '$1'],
  [/^npx mcp-cli/gu, 'mcp-cli'],
  [/^ExecStart=\/usr\/bin\//gu, ''],
  [/\/srv\/mcp\/mcp\.json/gu, '.mcp.json'],
];

/** When a command that does not end by itself has begun. */
const begun = [
  [/ serve .*--http/u, /"msg":"serving"/u],
  [/ --watch/u, /^(?:Watching|returned:)/mu],
] as const;

/** The exit code that a line says, or what "suspend" means. */
function codeOf(line: string): number {
  const [, said] = /# exit code (\d+)/u.exec(line) ?? [];
  if (said !== undefined) return Number(said);
  return line.includes('--on-ask suspend') ? 6 : 0;
}

/** Makes a world what a line takes for granted; gives the id of the run or plan that it is about. */
export async function prepare(world: World, line: string): Promise<string | undefined> {
  const [command] = commandsIn(line);
  if (command === undefined) return;
  const flag = /--(?:fix|approved-plan)\b/u.exec(line)?.[0];
  const id = world.takeRuns(recordedFor[flag ? `${command} ${flag}` : command] ?? 'returned');
  for (const [pattern, script] of before) if (pattern.test(line)) await endsWith(world, script, 0);
  return id;
}

async function endsWith(world: World, script: string, code: number, until?: RegExp) {
  const ended = await world.shell(script, until);
  const isInterrupted = until !== undefined && ended.code === 130;
  if (ended.code === code || isInterrupted) return ended;
  throw new Error(`${script}\nended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
}

/**
 * Runs a line of a page, after the lines `first`. `id` takes the place of the one that the page has.
 * @throws Error if it does not end as the page says
 */
export function runLine(
  world: World,
  line: string,
  { id = '', first = '' }: { readonly id?: string | undefined; readonly first?: string } = {},
): Promise<Ended> {
  let here = line.replace(/\s+# .*$/u, '').replaceAll(/\b(?:4f1c2a|3f2ab81c90de)\b/gu, id);
  for (const [pattern, to] of adapted) here = here.replaceAll(pattern, to);
  const until = begun.find(([pattern]) => pattern.test(here))?.[1];
  return endsWith(world, `${first}${until ? 'exec ' : ''}${here}`, codeOf(line), until);
}
