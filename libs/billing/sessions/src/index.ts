export { cookieOf, cookieRemoval, readCookie, SESSION_COOKIE, SIGN_IN_COOKIE } from './cookies.ts';
export { hasTwoFactors, idleSeconds, type Method } from './lifetimes.ts';
export { isFromOwnPage, OWN_PAGE_HEADER } from './own-page.ts';
export {
  deleteProviderSessions,
  deleteSession,
  deleteSessionOf,
  deleteSessions,
  findSession,
  listSessions,
  noteSession,
  type ListedSession,
  type SessionFacts,
} from './session.queries.ts';
export { replaceToken, startSession, type Browser, type Member } from './start-session.ts';
export { hashToken, newToken, type NewToken } from './token.ts';
