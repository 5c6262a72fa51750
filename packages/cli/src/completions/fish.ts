import { functionName, short } from './shell-text.ts';
import { type CompletedCommand, type Expected, nextWords, topics } from './words.ts';

const quoted = (text: string) => `'${text.replaceAll(/['\\]/gu, '\\$&')}'`;

/** What `complete` is given where this is expected, of an argument or a flag's value. */
function offer(name: string, expected: Expected): string {
  if (typeof expected !== 'string') return `-f -a ${quoted(expected.join(' '))}`;
  switch (expected) {
    case 'text':
      return '-f';
    case 'file':
    case 'folder':
      return '-F';
    default:
      return `-f -k -a '(${name}_look_up ${expected})'`;
  }
}

/** Lines of a command in brackets fish takes as words, and escapes those that get into the line. */
export function fishScript(bin: string, commands: readonly CompletedCommand[]): string {
  const name = `_${functionName(bin)}`;
  const parents = topics(commands);
  const test = (words: string) => `-n 'test "$(${name})" = "${words}"'`;
  const wordLines = parents.flatMap((topic) =>
    [...nextWords(commands, topic)].map(
      ([word, summary]) =>
        `complete -c ${bin} -f ${test(topic)} -a ${word} -d ${quoted(short(summary))}`,
    ),
  );
  const argLines = commands.flatMap(({ words, args }) =>
    [...new Set(args.length === 0 ? (['text'] as const) : args)].map(
      (one) => `complete -c ${bin} ${test(words)} ${offer(name, one)}`,
    ),
  );
  const flagLines = commands.flatMap(({ words, flags }) =>
    flags.map(({ name: flag, char, summary, value }) => {
      const letter = char === undefined ? '' : ` -s ${char}`;
      const what = value === undefined ? '' : ` -r ${offer(name, value)}`;
      return `complete -c ${bin} ${test(words)} -l ${flag}${letter}${what} -d ${quoted(short(summary))}`;
    }),
  );
  const known = [...parents.slice(1), ...commands.map(({ words }) => words)].map(quoted);
  return `# Completion of ${bin} for fish. Put into ~/.config/fish/config.fish:  ${bin} completions fish | source
function ${name}
  set -l command
  for word in (commandline -opc)[2..]
    contains -- "$command $word" ${known.map((word) => `' ${word.slice(1)}`).join(' ')}; or break
    set command "$command $word"
  end
  string trim -- "$command"
end
function ${name}_look_up
  command ${bin} complete -- $argv (commandline -opc)[2..] 2>/dev/null </dev/null
end
${[...wordLines, ...argLines, ...flagLines].join('\n')}
`;
}
