import type { IncomingHttpHeaders } from 'node:http';
import type { DataSource } from 'typeorm';
import { rolePermissions } from '#contracts/http';
import { ProblemError } from '#http';
import type { Logger } from '#observability';
import {
  findSession,
  hashToken,
  hasTwoFactors,
  idleSeconds,
  isFromOwnPage,
  noteSession,
  OWN_PAGE_HEADER,
  readCookie,
  SESSION_COOKIE,
  SIGN_IN_COOKIE,
  type SessionFacts,
} from '#sessions';
import type { Principal } from '../principal.ts';
import { KnownGood } from './known-good.ts';

/** The parts of a request that tell its person. */
export interface BrowserRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Finds callers by the cookie of their session. Every request asks the database, so a change counts at once. */
export class People {
  readonly #dataSource: DataSource;
  readonly #logger: Logger;
  readonly #publicUrl: string;
  readonly #good = new KnownGood();

  constructor(dataSource: DataSource, { logger, publicUrl }: { readonly logger: Logger; readonly publicUrl: string }) {
    this.#dataSource = dataSource;
    this.#logger = logger;
    this.#publicUrl = publicUrl;
  }

  /**
   * Refuses a change that carries a cookie of ours and does not come from a page of ours.
   * @throws ProblemError ORIGIN_REFUSED
   */
  refuseForeignPage(request: BrowserRequest): void {
    const { cookie } = request.headers;
    const carries = [SESSION_COOKIE, SIGN_IN_COOKIE].some((name) => cookie?.includes(`${name}=`) === true);
    if (carries && !isFromOwnPage(request, this.#publicUrl)) throw foreignPage();
  }

  /** The session of a request, which is noted as in use; undefined without one that has not ended. */
  async find(request: BrowserRequest): Promise<SessionFacts | undefined> {
    const session = await this.look(request);
    if (session?.isUnnoted === true) this.#note(session);
    return session;
  }

  /** The session of a request, which is not noted as in use. */
  async look({ headers: { cookie } }: BrowserRequest): Promise<SessionFacts | undefined> {
    const idHash = hashToken(readCookie(cookie, SESSION_COOKIE));
    if (idHash === undefined) return undefined;
    const session = await findSession(this.#dataSource.manager, idHash);
    this.#good.note(idHash, session !== undefined);
    return session;
  }

  /** True of a request whose session had not ended when it was looked up last. Costs no query. */
  wasGood({ headers: { cookie } }: BrowserRequest): boolean {
    const idHash = hashToken(readCookie(cookie, SESSION_COOKIE));
    return idHash !== undefined && this.#good.has(idHash);
  }

  /** Notes that the session is in use. The request does not wait for it. */
  #note({ id, idHash, role }: SessionFacts): void {
    noteSession(this.#dataSource.manager, { idHash, idleSeconds: idleSeconds(role) }).catch((error: unknown) => {
      this.#logger.warn('cannot note the use of a session', { event: 'session.not_noted', sessionId: id, error });
    });
  }
}

/** The caller of a session. Without a second factor it has no permission. */
export function principalOfSession(session: SessionFacts): Principal {
  const { userId, userName, organizationId, issuerIds, limits, role, idHash, authTime, methods, amr } = session;
  const isProven = hasTwoFactors(amr);
  return {
    kind: 'person',
    id: userId,
    name: userName,
    organizationId,
    issuerIds,
    permissions: new Set(isProven ? rolePermissions[role] : []),
    limits,
    session: { idHash, authTime, methods, hasTwoFactors: isProven },
  };
}

function foreignPage(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'ORIGIN_REFUSED',
    title: 'A page of another site may not change anything here',
    detail:
      'Nothing was changed. A request with the cookie of a sign-in needs the Origin of this API, or Sec-Fetch-Site: ' +
      `same-origin, and the header ${OWN_PAGE_HEADER.name}: ${OWN_PAGE_HEADER.value}.`,
  });
}
