import { isIPv6 } from 'node:net';

/** An IPv4 address as IPv6 sockets show it. */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const GROUPS = 8;
/** The groups of an IPv6 address that one client has (/64), and those that one site has (/48). */
const CLIENT_GROUPS = 4;
const SITE_GROUPS = 3;

/** The key by which a client is counted: an IPv4 address, or the /64 of an IPv6 address. */
export function clientKey(address: string | undefined): string {
  const { ipv4, groups } = read(address);
  return groups === undefined ? ipv4 : `${groups.slice(0, CLIENT_GROUPS).join(':')}::/64`;
}

/** The key of the network that an address is in: the /24 of IPv4, the /48 of IPv6. */
export function networkKey(address: string | undefined): string {
  const { ipv4, groups } = read(address);
  if (groups !== undefined) return `${groups.slice(0, SITE_GROUPS).join(':')}::/48`;
  const bytes = ipv4.split('.');
  return bytes.length === 4 ? `${bytes.slice(0, 3).join('.')}.0/24` : ipv4;
}

interface ReadAddress {
  /** The address itself, if it is no IPv6 address. */
  readonly ipv4: string;
  readonly groups: readonly string[] | undefined;
}

function read(address: string | undefined): ReadAddress {
  if (address === undefined) return { ipv4: 'unknown', groups: undefined };
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return { ipv4: mapped, groups: undefined };
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return { ipv4: bare, groups: undefined };
  // URL writes every IPv6 address in one way: lower case, the longest run of zeros as ::, no IPv4 at its end.
  const [head = '', tail = ''] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const [left = [], right = []] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0');
  return { ipv4: bare, groups: [...left, ...zeros, ...right] };
}
