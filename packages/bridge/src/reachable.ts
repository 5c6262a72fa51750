import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6');
}

function isInside(address: string): boolean {
  const family = isIP(address);
  return family === 0 || inside.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Gives all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveName: Resolve = (host) => lookup(host, { all: true });

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Whether all addresses of `url` are this machine's, or of networks that are not the internet. */
async function isWithin(url: URL, resolve: Resolve): Promise<boolean> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return isInside(host);
  return (await resolve(host)).every(({ address }) => isInside(address));
}

/**
 * How the server `from` may have us reach `url`, such as the metadata of its OAuth: over https and at
 * public addresses only, except that a server inside may name addresses inside. A name is resolved
 * once, when the connection is made: what is checked is what is connected to.
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
  const mayBeInside = await isWithin(from, resolve);
  const host = hostOf(url);
  if (!mayBeInside) {
    if (url.protocol !== 'https:') throw new Error(`it names ${url.origin}, which is not https`);
    if (isIP(host) !== 0 && isInside(host)) throw notPublic(url.origin);
  }
  const look = async (name: string): Promise<LookupAddress[]> => {
    const found = [...(await resolve(name))];
    if (!mayBeInside && found.some(({ address }) => isInside(address))) throw notPublic(url.origin);
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
