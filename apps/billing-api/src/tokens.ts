/** Injection token: the address that clients use, without a slash at the end. */
export const PUBLIC_URL = Symbol('public url');
