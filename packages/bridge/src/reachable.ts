import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

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

/** Whether any address of `url` is this machine's, or of a network that is not the internet. */
async function leadsInside(url: URL): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return isInside(host);
  const found = await lookup(host, { all: true });
  return found.some(({ address }) => isInside(address));
}

/**
 * Holds back what the server `from` has us fetch elsewhere, such as the metadata of its OAuth: https
 * and public addresses only, except that a server inside may name addresses inside. A name that
 * resolves otherwise between this check and the request is not noticed.
 * @throws Error for an address that may not be reached
 */
export async function assertReachable(url: URL, from: URL): Promise<void> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(`it names an address with ${url.protocol}`);
  }
  if (await leadsInside(from)) return;
  if (url.protocol !== 'https:') throw new Error(`it names ${url.origin}, which is not https`);
  if (await leadsInside(url)) throw new Error(`it names ${url.origin}, which is not public`);
}
