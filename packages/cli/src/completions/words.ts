/** What a shell completes: the words of commands, and their flags. */
export interface CompletedCommand {
  /** `skill run`. */
  readonly words: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Whether its arguments are files. */
  readonly takesFile: boolean;
}

export interface CompletedFlag {
  readonly name: string;
  readonly char?: string;
  readonly summary: string;
  /** Whether a word follows. */
  readonly takesValue: boolean;
  /** The only values that it takes. */
  readonly values: readonly string[];
  readonly takesFile: boolean;
  readonly takesFolder: boolean;
}

/** A command as oclif has it in its manifest. */
export interface DeclaredCommand {
  readonly id: string;
  readonly summary?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly flags: Readonly<Record<string, DeclaredFlag>>;
  readonly args: Readonly<Record<string, { readonly description?: string | undefined }>>;
}

export interface DeclaredFlag {
  readonly name: string;
  readonly char?: string | undefined;
  readonly type: 'boolean' | 'option';
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly allowNo?: boolean | undefined;
  readonly helpValue?: string | string[] | undefined;
  readonly options?: readonly string[] | undefined;
  readonly hidden?: boolean | undefined;
}

/** Those that are shown, by their words. */
export function completedCommands(declared: readonly DeclaredCommand[]): CompletedCommand[] {
  return declared
    .filter(({ hidden }) => !hidden)
    .map(({ id, summary = '', flags, args }) => ({
      words: id.replaceAll(':', ' '),
      summary,
      flags: Object.values(flags)
        .filter(({ hidden }) => !hidden)
        .flatMap(completedFlags),
      takesFile: Object.values(args).some(({ description = '' }) =>
        /\b(?:file|program|archive)\b/iu.test(description),
      ),
    }))
    .sort((a, b) => (a.words < b.words ? -1 : 1));
}

function completedFlags(flag: DeclaredFlag): CompletedFlag[] {
  const { name, char, type, summary, description = '', helpValue, options = [] } = flag;
  const value = String(helpValue ?? '');
  const one: CompletedFlag = {
    name,
    ...(char !== undefined && { char }),
    summary: summary ?? description,
    takesValue: type === 'option',
    values: options,
    takesFile: type === 'option' && /file|@/u.test(value),
    takesFolder: type === 'option' && /folder/u.test(value),
  };
  if (!flag.allowNo) return [one];
  const { char: _, ...off } = one;
  return [one, { ...off, name: `no-${name}` }];
}

/** The words that can follow `words`, with what they do: `''` is the program alone. */
export function nextWords(
  commands: readonly CompletedCommand[],
  words: string,
): ReadonlyMap<string, string> {
  const before = words === '' ? '' : `${words} `;
  const next = new Map<string, string>();
  for (const { words: own, summary } of commands) {
    if (!own.startsWith(before)) continue;
    const [word = '', more] = own.slice(before.length).split(' ');
    if (more === undefined) next.set(word, summary);
    else if (!next.has(word)) next.set(word, '');
  }
  return next;
}

/** The words that others follow, `''` among them. */
export function topics(commands: readonly CompletedCommand[]): string[] {
  const found = new Set(['']);
  for (const { words } of commands) {
    const parts = words.split(' ');
    for (let count = 1; count < parts.length; count++) found.add(parts.slice(0, count).join(' '));
  }
  return [...found].sort();
}
