import { isIPv6 } from 'node:net';

/** An IPv4 address as IPv6 sockets show it. */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
/** The groups of an IPv6 address, of eight, that name the network (/64). One client has all the others. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** The key by which a client is counted: an IPv4 address, or the /64 of an IPv6 address. */
export function clientKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return bare;
  // URL writes every IPv6 address in one way: lower case, the longest run of zeros as ::, no IPv4 at its end.
  const [head = '', tail = ''] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: GROUPS - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  const groups = [...(left ?? []), ...zeros, ...(right ?? [])];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
