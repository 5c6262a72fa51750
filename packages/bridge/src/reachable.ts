import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** From the outside in. What is linked is reached by nobody: clouds tell credentials there. */
const nearness = ['public', 'inside', 'machine', 'linked'] as const;
type Nearness = (typeof nearness)[number];

const networks: readonly (readonly [Nearness, readonly string[]])[] = [
  ['linked', ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', '64:ff9b::169.254.0.0/112']],
  ['machine', ['0.0.0.0/8', '127.0.0.0/8', '::/127']],
  ['inside', ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']],
  ['inside', ['198.18.0.0/15', '224.0.0.0/3', '64:ff9b::/96', 'fc00::/7', 'ff00::/8']],
];

const lists = networks.map(([near, nets]) => {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', bits] = net.split('/');
    // Not `isIP`: its pattern takes 5 ms to compile, and each connection over HTTP loads this file.
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return { near, list };
});

/** Of what is no address: linked. */
function nearnessOf(address: string): Nearness {
  const family = isIP(address);
  if (family === 0) return 'linked';
  const found = lists.find(({ list }) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  return found?.near ?? 'public';
}

/** Whether a server that is as near as `from` may name an address that is as near as `to`. */
function mayName(from: Nearness, to: Nearness): boolean {
  return to !== 'linked' && nearness.indexOf(to) <= nearness.indexOf(from);
}

/** Gives all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveName: Resolve = (host) => lookup(host, { all: true });

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Of the farthest of its addresses. */
async function nearnessOfAll(url: URL, resolve: Resolve): Promise<Nearness> {
  const host = hostOf(url);
  const found = isIP(host) === 0 ? await resolve(host) : [{ address: host }];
  const all = found.map(({ address }) => nearness.indexOf(nearnessOf(address)));
  return nearness[Math.min(...all)] ?? 'public';
}

/**
 * How the server `from` may have us reach `url`, such as the metadata of its OAuth: over https and at
 * public addresses only, except that a server inside may name addresses inside, and one of this
 * machine those of this machine. A name is resolved once, when the connection is made: what is checked
 * is what is connected to.
 * @returns how the connection has to look up its name
 * @throws Error for an address that may not be reached; so does the lookup
 */
export async function reachable(
  url: URL,
  from: URL,
  resolve: Resolve = resolveName,
): Promise<LookupFunction> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(`it names an address with ${url.protocol}`);
  }
  const near = await nearnessOfAll(from, resolve);
  const host = hostOf(url);
  if (near === 'public' && url.protocol !== 'https:') {
    throw new Error(`it names ${url.origin}, which is not https`);
  }
  const isRefused = (address: string) => !mayName(near, nearnessOf(address));
  // A connection to an address looks nothing up.
  if (isIP(host) !== 0 && isRefused(host)) throw notPublic(url.origin);
  const look = async (name: string): Promise<LookupAddress[]> => {
    const found = [...(await resolve(name))];
    if (found.some(({ address }) => isRefused(address))) throw notPublic(url.origin);
    if (found.length === 0) throw new Error(`${url.origin} has no address`);
    return found;
  };
  return (name, { all }, callback) => {
    look(name).then(
      (found) => {
        const [{ address, family }] = found as [LookupAddress];
        if (all) callback(null, found);
        else callback(null, address, family);
      },
      (error: Error) => callback(error, []),
    );
  };
}

function notPublic(origin: string): Error {
  return new Error(`it names ${origin}, which is not public`);
}
