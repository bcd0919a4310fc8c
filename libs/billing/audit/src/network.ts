import { isIP, isIPv6 } from 'node:net';

/** An IPv4 address as IPv6 sockets show it. */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const GROUPS = 8;
/** Groups of the /48 of an IPv6 address. */
const NETWORK_GROUPS = 3;

/**
 * The /24 of an IPv4 address or the /48 of an IPv6 address, as `203.0.113.0/24`: enough to see from where a caller
 * acted, and no longer the address of one person. Undefined for anything else.
 */
export function networkOf(address: string | undefined): string | undefined {
  const [bare = ''] = (address ?? '').split('%');
  const ipv4 = MAPPED.exec(bare)?.[1] ?? bare;
  if (isIP(ipv4) === 4) return `${ipv4.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(bare)) return undefined;
  // URL writes every IPv6 address in one way: lower case, the longest run of zeros as ::, no IPv4 at its end.
  const [head = '', tail = ''] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: GROUPS - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  const groups = [...(left ?? []), ...zeros, ...(right ?? [])];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/48`;
}
