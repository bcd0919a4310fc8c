import { randomUUID } from 'node:crypto';
import type { Role } from '#contracts/http';
import type { Tx } from '#database';
import { idleSeconds, SESSION_SECONDS_MAX, SESSIONS_MAX, type Method } from './lifetimes.ts';
import { deleteSession, deleteSurplusSessions, insertSession, renewSession } from './session.queries.ts';
import { newToken } from './token.ts';

/** The browser that a request came from, as it is shown to the person. */
export interface Browser {
  /** The client's address; undefined where the connection is gone. */
  readonly ip: string | undefined;
  readonly agent: string | undefined;
  /** The hash of the session that the browser had, which the new one replaces. */
  readonly replaces: Buffer | undefined;
}

export interface Member {
  readonly userId: string;
  readonly organizationId: string;
  readonly role: Role;
}

const AGENT_CHARS_MAX = 200;

/** Begins a session and returns the text for its cookie. */
export async function startSession(
  tx: Tx,
  member: Member,
  {
    amr,
    browser,
    authTime,
  }: {
    readonly amr: readonly Method[];
    readonly browser: Browser;
    /** When the factors were proved; now, if not given. */
    readonly authTime: Date | undefined;
  },
): Promise<string> {
  const { text, hash } = newToken();
  const { userId, organizationId, role } = member;
  if (browser.replaces !== undefined) await deleteSession(tx, browser.replaces);
  await insertSession(tx, {
    idHash: hash,
    id: randomUUID(),
    userId,
    organizationId,
    idleSeconds: idleSeconds(role),
    secondsMax: SESSION_SECONDS_MAX,
    amr,
    authTime: authTime ?? null,
    ip: browser.ip ?? null,
    agent: browser.agent?.slice(0, AGENT_CHARS_MAX) ?? null,
  });
  await deleteSurplusSessions(tx, { userId, keep: SESSIONS_MAX });
  return text;
}

/**
 * Gives a session another token: after a step-up, another factor, or a change of the organization. Undefined if it has
 * ended meanwhile.
 */
export async function replaceToken(
  tx: Tx,
  member: Member,
  renewal: { readonly idHash: Buffer; readonly amr: readonly string[]; readonly proved: boolean },
): Promise<string | undefined> {
  const { text, hash } = newToken();
  const { organizationId, role } = member;
  const renewed = await renewSession(tx, { ...renewal, newHash: hash, organizationId, idleSeconds: idleSeconds(role) });
  return renewed ? text : undefined;
}
