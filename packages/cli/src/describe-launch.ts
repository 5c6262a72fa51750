import type { ServerEntry } from '@org/bridge';
import { visibleText } from './plain-text.ts';

/** A word of a command line, in quotes where its ends would not be seen. */
function word(text: string): string {
  return visibleText(/^[\w@%+=:,./${}*-]+$/.test(text) ? text : JSON.stringify(text));
}

/**
 * What using a server means, for the person who is to agree to it: its name and where it stands,
 * then what is run or connected to, then the names of what it gets. No values of variables.
 */
export function describeLaunch({ id, origin, launch }: ServerEntry): string[] {
  const names = (what: string, all: readonly string[]) =>
    all.length === 0 ? [] : [`${what} ${all.map(word).join(', ')}`];
  const title = `${word(id)} (${word(origin)})`;
  if (launch.type !== 'stdio') {
    const { url, headers } = launch;
    return [title, `connects to ${word(url)}`, ...names('with the headers', headers)];
  }
  const { command, args, cwd, env } = launch;
  return [
    title,
    `runs ${[command, ...args].map(word).join(' ')}`,
    ...(cwd === undefined ? [] : [`in ${word(cwd)}`]),
    ...names('with the variables', env),
  ];
}
