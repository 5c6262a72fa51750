import { type CompletedCommand, type CompletedFlag, nextWords, topics } from './words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** `text` as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** One line of at most 80 characters. */
const short = (text: string): string => {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};
const flagWords = ({ name, char }: CompletedFlag): string[] =>
  char === undefined ? [`--${name}`] : [`--${name}`, `-${char}`];

/** A script that a shell reads at its start, after which it completes commands and flags. */
export function completionScript(
  shell: Shell,
  bin: string,
  commands: readonly CompletedCommand[],
): string {
  const scripts: Readonly<Record<Shell, typeof bash>> = { bash, zsh, fish };
  return scripts[shell](bin, commands);
}

function functionName(bin: string): string {
  return `_${bin.replaceAll(/[^a-z0-9]/giu, '_')}`;
}

/** The case of a shell's `case`, for each command with flags that take values of a kind. */
function valueCases(commands: readonly CompletedCommand[], done: string): string[] {
  return commands.flatMap(({ words, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map((flag) => {
        const patterns = flagWords(flag).map((word) => quoted(`${words}:${word}`));
        return `    ${patterns.join('|')}) ${valueAction(flag, done)} ;;`;
      }),
  );
}

function valueAction({ values, takesFile, takesFolder }: CompletedFlag, done: string): string {
  if (values.length > 0) return `words=${quoted(values.join(' '))}`;
  if (takesFolder) return `COMPREPLY=($(compgen -d -- "$current")); ${done}`;
  if (takesFile) return `COMPREPLY=($(compgen -f -- "$current")); ${done}`;
  return done;
}

function bash(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(bin);
  const known = [...new Set(commands.flatMap(({ words }) => words.split(' ')))];
  const lines = [
    ...topics(commands).map(
      (topic) =>
        `    ${quoted(topic)}) words=${quoted([...nextWords(commands, topic).keys()].join(' '))} ;;`,
    ),
    ...commands.map(({ words, takesFile }) => {
      const files = takesFile ? 'COMPREPLY=($(compgen -f -- "$current"))' : ':';
      return `    ${quoted(words)}) ${files} ;;`;
    }),
  ];
  const flagCases = commands.map(
    ({ words, flags }) =>
      `      ${quoted(words)}) words=${quoted(flags.flatMap(flagWords).join(' '))} ;;`,
  );
  return `# Completion of ${bin} for bash. Put into ~/.bashrc:  source <(${bin} completions bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${known.join(' ')} " in
      *" $word "*) command="\${command:+$command }$word" ;;
      *) break ;;
    esac
  done
  case "$command:$previous" in
${valueCases(commands, 'return').join('\n')}
  esac
  if [[ -z "$words" && "$current" == -* ]]; then
    case "$command" in
${flagCases.join('\n')}
      *) words='--help --version' ;;
    esac
  elif [[ -z "$words" ]]; then
    case "$command" in
${lines.join('\n')}
    esac
  fi
  if [[ -n "$words" ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o filenames -F ${name} ${bin}
`;
}

function zsh(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(bin);
  // In a description a colon ends the word, and brackets end the text.
  const described = (text: string) => short(text).replaceAll(/[[\]:\\]/gu, '\\$&');
  const topicCases = topics(commands).map((topic) => {
    const entries = [...nextWords(commands, topic)].map(([word, summary]) =>
      quoted(summary === '' ? word : `${word}:${described(summary)}`),
    );
    return `    ${quoted(topic)}) choices=(${entries.join(' ')}) ;;`;
  });
  const flagSpec = (flag: CompletedFlag) =>
    flagWords(flag).map((word) => {
      const action =
        flag.values.length > 0
          ? `(${flag.values.join(' ')})`
          : flag.takesFolder
            ? '_files -/'
            : flag.takesFile
              ? '_files'
              : ' ';
      const value = flag.takesValue ? `:${flag.name}:${action}` : '';
      return quoted(`*${word}[${described(flag.summary)}]${value}`);
    });
  const commandCases = commands.map(
    ({ words, flags, takesFile }) =>
      `    ${quoted(words)}) specs=(${flags.flatMap(flagSpec).join(' ')}${takesFile ? " '*:file:_files'" : ''}) ;;`,
  );
  return `#compdef ${bin}
# Completion of ${bin} for zsh. Put into ~/.zshrc:  source <(${bin} completions zsh)
${name}() {
  local command="" next index=2
  local -a choices specs
  while true; do
    choices=()
    case "$command" in
${topicCases.join('\n')}
    esac
    (( \${#choices} && index < CURRENT )) || break
    next="\${words[index]}"
    (( \${choices[(I)$next:*]} || \${choices[(I)$next]} )) || return
    command="\${command:+$command }$next"
    (( index++ ))
  done
  if (( \${#choices} )); then
    _describe -t commands command choices
    return
  fi
  case "$command" in
${commandCases.join('\n')}
  esac
  words=("\${words[1]}" "\${(@)words[index,-1]}")
  (( CURRENT -= index - 2 ))
  _arguments -S $specs
}
compdef ${name} ${bin}
`;
}

function fish(bin: string, commands: readonly CompletedCommand[]): string {
  const name = `_${functionName(bin)}`;
  const all = commands.map(({ words }) => words);
  const known = [...new Set(all.flatMap((words) => words.split(' ')))].join(' ');
  const quote = (text: string) => `'${text.replaceAll(/['\\]/gu, '\\$&')}'`;
  const wordLines = topics(commands).flatMap((topic) =>
    [...nextWords(commands, topic)].map(
      ([word, summary]) =>
        `complete -c ${bin} -f ${fishTest(name, topic)} -a ${word} -d ${quote(short(summary))}`,
    ),
  );
  const flagLines = commands.flatMap(({ words, flags }) =>
    flags.map((flag) => {
      const value = !flag.takesValue
        ? ''
        : flag.values.length > 0
          ? ` -x -a ${quote(flag.values.join(' '))}`
          : flag.takesFile || flag.takesFolder
            ? ' -r -F'
            : ' -x';
      const char = flag.char === undefined ? '' : ` -s ${flag.char}`;
      return `complete -c ${bin} ${fishTest(name, words)} -l ${flag.name}${char}${value} -d ${quote(short(flag.summary))}`;
    }),
  );
  const fileLines = commands
    .filter(({ takesFile }) => !takesFile)
    .map(({ words }) => `complete -c ${bin} -f ${fishTest(name, words)}`);
  return `# Completion of ${bin} for fish. Put into ~/.config/fish/config.fish:  ${bin} completions fish | source
function ${name}
  set -l command
  for word in (commandline -opc)[2..]
    contains -- $word ${known}; or break
    set -a command $word
  end
  echo "$command"
end
${[...wordLines, ...fileLines, ...flagLines].join('\n')}
`;
}

function fishTest(name: string, words: string): string {
  return `-n 'test "$(${name})" = "${words}"'`;
}
