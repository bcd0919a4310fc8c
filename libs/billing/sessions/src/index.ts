export { cookieOf, cookieRemoval, readCookie, SESSION_COOKIE, SIGN_IN_COOKIE } from './cookies.ts';
export { isFromOwnPage, OWN_PAGE_HEADER } from './own-page.ts';
export { hashToken, newToken, type NewToken } from './token.ts';
