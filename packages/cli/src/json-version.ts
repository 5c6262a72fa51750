const versionFlags = ['--version', '-v', '-V'];

/** `--version` with `--json` as the command that answers it; other command lines as they are. */
export function jsonVersion(argv: readonly string[]): readonly string[] {
  const [first = '', ...rest] = argv.filter((word) => word !== '--json');
  const isJson = rest.length < argv.length - 1;
  return isJson && versionFlags.includes(first) ? ['version', '--json'] : argv;
}
