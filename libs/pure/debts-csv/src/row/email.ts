/** RFC 5321: a path of 256 with its angle brackets. */
export const EMAIL_CHARS_MAX = 254;
export const LOCAL_CHARS_MAX = 64;
/** RFC 1035; the expressions below say the same. */
export const LABEL_CHARS_MAX = 63;

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/i;

/**
 * True if mail can be sent there: `local@domain.tld` in ASCII, the dot-atom form of RFC 5322 that every server takes.
 * Not taken, on purpose: quoted local parts, addresses of IPs, a domain without a dot, letters beyond ASCII.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > LOCAL_CHARS_MAX || text.length > EMAIL_CHARS_MAX) return false;
  return LOCAL.test(text.slice(0, at)) && DOMAIN.test(text.slice(at + 1));
}
