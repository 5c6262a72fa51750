const secret = /key|token|secret|pass|pwd|auth|bearer|credential|dsn|connection/iu;
const place = /(?:file|path|dir)$/iu;

const takesSecret = (name: string): boolean => secret.test(name) && !place.test(name);

/** Values of options such as `--api-key <value>` and `--token=<value>`: what is written out is a secret too. */
export function secretsOfArguments(args: readonly string[]): string[] {
  return args.flatMap((text, index) => {
    const [, name, value] = /^--?([a-z][\w-]*)=(.+)$/isu.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return takesSecret(name) ? [value] : [];
    const [, before] = /^--?([a-z][\w-]*)$/iu.exec(args[index - 1] ?? '') ?? [];
    return before !== undefined && takesSecret(before) && !text.startsWith('-') ? [text] : [];
  });
}

/** Values of query parameters such as `?api_key=<value>`, as they are written and decoded. */
export function secretsOfUrl(url: string): string[] {
  const { search = '' } = URL.parse(url) ?? {};
  return search
    .slice(1)
    .split('&')
    .flatMap((pair) => {
      const [name = '', ...rest] = pair.split('=');
      const value = rest.join('=');
      return takesSecret(name) ? [value, ...new URLSearchParams(pair).values()] : [];
    });
}
