import { flagWords, functionName, quoted } from './shell-text.ts';
import { type CompletedCommand, type Expected, nextWords, topics } from './words.ts';

/** What is done where this is expected. */
function offer(name: string, expected: Expected): string {
  if (typeof expected !== 'string') return `words=${quoted(expected.join(' '))}`;
  switch (expected) {
    case 'text':
      return ':';
    case 'file':
      return 'compopt -o default 2>/dev/null';
    case 'folder':
      return 'compopt -o dirnames 2>/dev/null';
    default:
      return `${name}_look_up ${expected}`;
  }
}

/**
 * For bash 4 and later. What is looked up gets into the line with each character escaped that bash
 * would act on; within quotes, only what does nothing there.
 */
export function bashScript(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(bin);
  const parents = topics(commands);
  const valueCases = commands.flatMap(({ words, flags }) =>
    flags.flatMap((flag) => {
      if (flag.value === undefined) return [];
      const patterns = flagWords(flag).map((word) => quoted(`${words}:${word}`));
      return [`    ${patterns.join('|')}) ${offer(name, flag.value)}; isValue=1 ;;`];
    }),
  );
  const flagCases = commands.map(
    ({ words, flags }) =>
      `      ${quoted(words)}) words=${quoted(flags.flatMap(flagWords).join(' '))} ;;`,
  );
  const wordCases = [
    ...parents.map(
      (topic) =>
        `      ${quoted(topic)}) words=${quoted([...nextWords(commands, topic).keys()].join(' '))} ;;`,
    ),
    ...commands
      .filter(({ args }) => args.length > 0)
      .map(
        ({ words, args }) =>
          `      ${quoted(words)}) ${[...new Set(args.map((one) => offer(name, one)))].join('; ')} ;;`,
      ),
  ];
  const known = [...parents.slice(1), ...commands.map(({ words }) => words)].map(quoted);
  return `# Completion of ${bin} for bash. Put into ~/.bashrc:  source <(${bin} completions bash)
${name}_look_up() {
  local value about escaped
  compopt -o nosort 2>/dev/null
  while IFS=$'\\t' read -r value about; do
    case "$current" in
      "'"*) [[ "$value" != *"'"* && "$value" == "\${current:1}"* ]] && COMPREPLY+=("$value") ;;
      '"'*) [[ "$value" != *[\\"\\$\\\`\\\\!]* && "$value" == "\${current:1}"* ]] && COMPREPLY+=("$value") ;;
      *)
        printf -v escaped %q "$value"
        # At these bash would begin another word.
        escaped="\${escaped//:/\\\\:}" escaped="\${escaped//=/\\\\=}" escaped="\${escaped//@/\\\\@}"
        [[ "$escaped" == "$current"* ]] && COMPREPLY+=("$escaped")
        ;;
    esac
  done < <(command ${bin} complete -- "$1" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null </dev/null)
}
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" word isValue=""
  COMPREPLY=()
  if [[ "$current" == "=" ]]; then
    current=""
  elif [[ "$previous" == "=" ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${command:+$command }$word" in
      ${known.join('|')}) command="\${command:+$command }$word" ;;
      *) break ;;
    esac
  done
  case "$command:$previous" in
${valueCases.join('\n')}
  esac
  if [[ -z "$isValue" && "$current" == -* ]]; then
    case "$command" in
${flagCases.join('\n')}
      *) words='--help --version' ;;
    esac
  elif [[ -z "$isValue" ]]; then
    case "$command" in
${wordCases.join('\n')}
    esac
  fi
  if [[ -n "$words" ]]; then COMPREPLY+=($(compgen -W "$words" -- "$current")); fi
}
complete -F ${name} ${bin}
`;
}
