import { homedir } from 'node:os';

/** The same value with the user's home folder as `~` in its texts: it has the user's name. */
export function withoutHome<Value extends object>(value: Value, home = homedir()): Value {
  if (home.length < 2) return value;
  return JSON.parse(JSON.stringify(value), (_, one) =>
    typeof one === 'string' ? one.replaceAll(home, '~') : one,
  );
}
