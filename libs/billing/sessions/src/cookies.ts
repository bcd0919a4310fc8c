/** The cookie of a session. `__Host-` binds it to this host, to HTTPS (or the loopback) and to no path. */
export const SESSION_COOKIE = '__Host-sb_session';
/** The cookie of a sign-in that is not finished. */
export const SIGN_IN_COOKIE = '__Host-sb_tx';

type CookieName = typeof SESSION_COOKIE | typeof SIGN_IN_COOKIE;

/** Lax and not Strict: the browser comes back from an identity provider by a link. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/**
 * The value of a cookie; undefined without it. Of two cookies of one name none is taken, because one of them is not
 * ours.
 */
export function readCookie(header: string | undefined, name: CookieName): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** The value of Set-Cookie. The browser forgets the cookie when it is closed, the server by its own limits. */
export function cookieOf(name: CookieName, value: string): string {
  return `${name}=${value}; ${ATTRIBUTES}`;
}

/** The value of Set-Cookie that takes a cookie away. */
export function cookieRemoval(name: CookieName): string {
  return `${name}=; ${ATTRIBUTES}; Max-Age=0`;
}
