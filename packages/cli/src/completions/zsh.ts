import { flagWords, functionName, quoted, short } from './shell-text.ts';
import { type CompletedCommand, type Expected, nextWords, topics } from './words.ts';

// In a description a colon ends the word, and brackets end the text.
const described = (text: string) => short(text).replaceAll(/[[\]:\\]/gu, '\\$&');

/** The action of _arguments where this is expected. */
function offer(name: string, expected: Expected): string {
  if (typeof expected !== 'string') return `(${expected.join(' ')})`;
  switch (expected) {
    case 'text':
      return ' ';
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    default:
      // With a space before it _arguments adds no words of its own.
      return ` ${name}_look_up ${expected}`;
  }
}

/** What is looked up goes to compadd as it is, which escapes what zsh would act on. */
export function zshScript(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionName(bin);
  const topicCases = topics(commands).map((topic) => {
    const entries = [...nextWords(commands, topic)].map(([word, summary]) =>
      quoted(summary === '' ? word : `${word}:${described(summary)}`),
    );
    return `      ${quoted(topic)}) choices=(${entries.join(' ')}) ;;`;
  });
  const commandCases = commands.map(({ words, flags, args }) => {
    const ofFlags = flags.flatMap((flag) =>
      flagWords(flag).map((word) => {
        const { summary, value } = flag;
        // With "=" the value may follow in the same word.
        const shown = value !== undefined && word.startsWith('--') ? `${word}=` : word;
        const what = value === undefined ? '' : `:${flag.name}:${offer(name, value)}`;
        return `*${shown}[${described(summary)}]${what}`;
      }),
    );
    const [first] = args;
    const ofArgs =
      first === undefined
        ? []
        : args.length === 1
          ? [`*: :${offer(name, first)}`]
          : args.map((one, index) => `${index + 1}: :${offer(name, one)}`);
    return `    ${quoted(words)}) specs=(${[...ofFlags, ...ofArgs].map(quoted).join(' ')}) ;;`;
  });
  return `#compdef ${bin}
# Completion of ${bin} for zsh. Put into ~/.zshrc:  source <(${bin} completions zsh)
${name}_look_up() {
  local value about
  local -a values shown
  while IFS=$'\\t' read -r value about; do
    values+=("$value")
    shown+=("$value\${about:+  $about}")
  done < <(command ${bin} complete -- "$1" \${=command} "\${(@)words[2,CURRENT-1]}" 2>/dev/null </dev/null)
  compadd -V "$1" -l -d shown -a values
}
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
    (( \${choices[(Ie)$next]} || \${\${(@)choices%%:*}[(Ie)$next]} )) || return
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
