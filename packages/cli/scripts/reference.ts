/**
 * The reference of all commands as Markdown, from the manifest that the build wrote. With `--write` it
 * goes to docs/commands.md; a test holds that page to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeclaredCommand, DeclaredFlag } from '../src/completions/words.ts';

interface ManifestCommand extends DeclaredCommand {
  readonly description?: string;
  readonly examples?: readonly { readonly description: string; readonly command: string }[];
  readonly args: Readonly<
    Record<
      string,
      { readonly name: string; readonly description?: string; readonly required?: boolean }
    >
  >;
  readonly strict?: boolean;
}

const bin = 'mcp-cli';
const manifest = path.resolve(import.meta.dirname, '../oclif.manifest.json');
export const referencePath = path.resolve(import.meta.dirname, '../../../docs/commands.md');
/** Told once, for all commands. */
const everywhere = new Set(['json', 'config', 'trust']);

const escaped = (text: string) => text.replaceAll(/[<>|]/gu, '\\$&');

function words({ id }: ManifestCommand): string {
  return id.replaceAll(':', ' ');
}

function usage(command: ManifestCommand): string {
  const args = Object.values(command.args).map(({ name, required }) =>
    required ? `<${name}>` : `[${name}]`,
  );
  const more = command.strict === false && args.length > 0 ? ['…'] : [];
  return [bin, words(command), ...args, ...more, '[flags]'].join(' ');
}

function flagRow(flag: DeclaredFlag): string {
  const { name, char, type, summary, description = '', helpValue, options, allowNo } = flag;
  const value =
    type === 'boolean'
      ? ''
      : ` ${options === undefined ? (helpValue ?? '<value>') : options.join('\\|')}`;
  const short = char === undefined ? '' : `\`-${char}\`, `;
  return `| ${short}\`--${allowNo ? '[no-]' : ''}${name}${escaped(String(value)).replaceAll('\\<', '<').replaceAll('\\>', '>')}\` | ${escaped(summary ?? description)} |`;
}

function section(command: ManifestCommand): string {
  const flags = Object.values(command.flags).filter(
    ({ name, hidden }) => !hidden && !everywhere.has(name),
  );
  const rows = flags.sort((a, b) => (a.name < b.name ? -1 : 1)).map(flagRow);
  const fill = (text: string) =>
    text.replaceAll('<%= config.bin %>', bin).replaceAll('<%= command.id %>', words(command));
  const examples = (command.examples ?? []).map(
    (one) => `# ${fill(one.description).replace(/:$/u, '')}\n${fill(one.command)}`,
  );
  return [
    `## ${words(command)}`,
    escaped(command.summary ?? ''),
    `\`\`\`text\n${usage(command)}\n\`\`\``,
    escaped(fill(command.description ?? '')),
    ...(rows.length === 0 ? [] : [`| flag | |\n|---|---|\n${rows.join('\n')}`]),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``]),
  ].join('\n\n');
}

/** Text of docs/commands.md. */
export function reference(): string {
  const { commands } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly commands: Readonly<Record<string, ManifestCommand>>;
  };
  const shown = Object.values(commands)
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (words(a) < words(b) ? -1 : 1));
  const list = shown.map((one) => {
    const anchor = words(one).replaceAll(' ', '-');
    return `| [${words(one)}](#${anchor}) | ${escaped(one.summary ?? '')} |`;
  });
  return `# Commands

Written by \`packages/cli/scripts/reference.ts\` from the commands themselves.

All commands take \`--config <file>\` (\`-c\`: server configuration, default \`.mcp.json\` in the working
folder), \`--trust\` (use the servers of the project's configuration files without asking), \`--json\` (one
JSON document on stdout) and \`--help\` (\`-h\`). \`mcp-cli --version\` (\`-v\`) says which it is, and of which Node,
with \`--json\` too. Output has no colours where \`NO_COLOR\` is set or the stream is no terminal. What takes
over 300 ms is shown on stderr with its time: on a terminal, not with \`--json\`, in CI (\`CI\` is set) or where
\`TERM\` is \`dumb\`.

| command | |
|---|---|
${list.join('\n')}

${shown.map(section).join('\n\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) writeFileSync(referencePath, reference());
  else process.stdout.write(reference());
}
