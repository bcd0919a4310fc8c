import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Headers that tell an app behind the gateway about the client. A client's own are never passed on. */
const FORWARDING = /^(?:x-forwarded-|x-real-ip$|forwarded$)/;

export type IsTrusted = (address: string) => boolean;

/** Says whether an address is one of the proxies, which are given as addresses or CIDRs. */
export function trustOf(proxies: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

/** The headers without what others claim about the request's origin, and with what the gateway knows of it. */
export function withClientOrigin(
  headers: Readonly<Record<string, string[]>>,
  request: IncomingMessage,
  isTrusted: IsTrusted,
): Record<string, string | string[]> {
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !FORWARDING.test(name)));
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const { host = '' } = request.headers;
  const proto = isTrusted(peer) ? request.headers['x-forwarded-proto'] : undefined;
  return {
    ...own,
    host,
    'x-forwarded-for': clientAddress(request, peer, isTrusted),
    'x-forwarded-host': host,
    'x-forwarded-proto': proto === 'https' ? 'https' : 'http',
  };
}

/** The address nearest to us that is no trusted proxy. */
function clientAddress({ headers }: IncomingMessage, peer: string, isTrusted: IsTrusted): string {
  const said = headers['x-forwarded-for'];
  const hops = typeof said === 'string' ? said.split(',').map((hop) => hop.trim()) : [];
  let client = peer;
  while (isTrusted(client)) {
    const hop = plainAddress(hops.pop() ?? '');
    if (isIP(hop) === 0) break;
    client = hop;
  }
  return client;
}

/** IPv4 as itself, where an IPv6 socket shows it as ::ffff:192.0.2.1. */
function plainAddress(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
