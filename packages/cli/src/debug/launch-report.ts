import type { Launch } from '@org/bridge';

/** How a server is started or reached, without what may be secret: arguments, paths and queries. */
export function launchReport(launch: Launch): object {
  if (launch.type === 'stdio') {
    const { command, args, env } = launch;
    return { command, args: args.length, env };
  }
  return { url: originOf(launch.url), headers: launch.headers };
}

/** A text of a server or of its connection, in which what `launchReport` leaves out is `***`. */
export function withoutLaunch(text: string, launch: Launch): string {
  return secretsOf(launch)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** A shorter one would be in words that have nothing to do with it. */
const shortest = 4;

function secretsOf(launch: Launch): string[] {
  if (launch.type !== 'stdio') {
    const url = URL.parse(launch.url);
    if (url === null) return [launch.url];
    const values = [...url.searchParams.values()];
    const all = [launch.url, url.href, url.pathname + url.search, url.search.slice(1), ...values];
    return all.filter((one) => one.length >= shortest);
  }
  // Those that are no options, and the values of `--name=value`.
  return launch.args
    .flatMap((one) => [one, one.replace(/^--?[\w-]+=/u, '')])
    .filter((one) => one.length >= shortest && !/^--?[\w-]+$/u.test(one));
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'variable';
}
