import type { Role } from '#contracts/http';
import { column, fragment, sql, type Db, type Tx } from '#database';

/**
 * The facts that allow a request with a session's cookie, as they are now: a role that was taken away counts at once.
 */
export interface SessionFacts {
  readonly id: string;
  readonly idHash: Buffer;
  readonly userId: string;
  readonly userName: string;
  readonly email: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly role: Role;
  /** Null for all issuers of the organization. */
  readonly issuerIds: readonly string[] | null;
  readonly authTime: Date;
  /** How the person signed in. */
  readonly amr: readonly string[];
  readonly endsAt: Date;
  /** The means by which the person could sign in again: password, totp, passkey, oidc. */
  readonly methods: readonly string[];
  /** Not noted as seen for a minute. */
  readonly isUnnoted: boolean;
}

const METHODS = fragment`array_remove(array[
    case when u.password_hash is not null then 'password' end,
    case when u.totp_confirmed_at is not null then 'totp' end,
    case when exists (select from passkeys p where p.user_id = u.id) then 'passkey' end,
    case when exists (select from external_identities e where e.user_id = u.id) then 'oidc' end], null)`;

const FIND_SESSION = sql.returning({
  id: 'uuid',
  idHash: 'bytea',
  userId: 'uuid',
  userName: 'text',
  email: 'text',
  organizationId: 'uuid',
  organizationName: 'text',
  limits: column<Readonly<Record<string, unknown>>>('jsonb'),
  role: column<Role>('text'),
  issuerIds: 'uuid[]?',
  authTime: 'timestamptz',
  amr: 'text[]',
  endsAt: 'timestamptz',
  methods: 'text[]',
  isUnnoted: 'bool',
})`
  select s.id, s.id_hash as "idHash", u.id as "userId", u.name as "userName", u.email,
         o.id as "organizationId", o.name as "organizationName", o.limits, m.role, m.issuer_ids as "issuerIds",
         s.auth_time as "authTime", s.amr, s.ends_at as "endsAt", ${METHODS} as methods,
         s.seen_at < now() - interval '1 minute' as "isUnnoted"
    from sessions s
    join users u on u.id = s.user_id
    join memberships m on m.user_id = s.user_id and m.organization_id = s.organization_id and m.status = 'active'
    join organizations o on o.id = s.organization_id and o.status = 'active'
   where s.id_hash = ${'idHash'} and s.idle_until > now() and s.ends_at > now()`;

/** The session of a cookie; undefined if it has ended, or its person is no member any more. */
export async function findSession(db: Db, idHash: Buffer): Promise<SessionFacts | undefined> {
  return FIND_SESSION.row(db, { idHash });
}

const NOTE_SESSION = sql`
  update sessions
     set seen_at = now(), idle_until = least(ends_at, now() + make_interval(secs => ${'idleSeconds'}))
   where id_hash = ${'idHash'} and seen_at < now() - interval '1 minute' and idle_until > now()`;

/** Notes that the session is in use, at most once a minute. */
export async function noteSession(
  db: Db,
  session: { readonly idHash: Buffer; readonly idleSeconds: number },
): Promise<void> {
  await NOTE_SESSION.run(db, session);
}

const INSERT_SESSION = sql`
  insert into sessions (id_hash, id, user_id, organization_id, idle_until, ends_at, auth_time, amr, ip, agent)
  values (${'idHash'}, ${'id'}, ${'userId'}, ${'organizationId'}, now() + make_interval(secs => ${'idleSeconds'}),
          now() + make_interval(secs => ${'secondsMax'}),
          least(now(), coalesce(${'authTime'}::timestamptz, now())), ${'amr'}::text[], ${'ip'}::inet, ${'agent'})`;

export interface NewSession {
  readonly idHash: Buffer;
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly idleSeconds: number;
  readonly secondsMax: number;
  readonly amr: readonly string[];
  /** When the factors were proved; null for now. */
  readonly authTime: Date | null;
  readonly ip: string | null;
  readonly agent: string | null;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await INSERT_SESSION.run(tx, { ...session });
}

const DELETE_SURPLUS = sql`
  delete from sessions
   where user_id = ${'userId'}
     and (ends_at <= now() or idle_until <= now() or id_hash in (
       select id_hash
         from sessions
        where user_id = ${'userId'} and ends_at > now() and idle_until > now()
        order by created_at desc, id_hash
       offset ${'keep'}))`;

/** Deletes what has ended of a person's sessions, and all but the newest `keep`. */
export async function deleteSurplusSessions(
  tx: Tx,
  of: { readonly userId: string; readonly keep: number },
): Promise<void> {
  await DELETE_SURPLUS.run(tx, of);
}

const DELETE_SESSION = sql`delete from sessions where id_hash = ${'idHash'}`;

/** False if it was gone already. */
export async function deleteSession(db: Db, idHash: Buffer): Promise<boolean> {
  return (await DELETE_SESSION.count(db, { idHash })) > 0;
}

const DELETE_SESSION_OF = sql`delete from sessions where id = ${'id'} and user_id = ${'userId'}`;

export async function deleteSessionOf(
  db: Db,
  session: { readonly id: string; readonly userId: string },
): Promise<boolean> {
  return (await DELETE_SESSION_OF.count(db, session)) > 0;
}

const DELETE_SESSIONS = sql`
  delete from sessions
   where user_id = ${'userId'} and (${'organizationId'}::uuid is null or organization_id = ${'organizationId'}::uuid)
     and (${'except'}::bytea is null or id_hash <> ${'except'}::bytea)`;

/** Deletes the sessions of a person, in one organization or in all, and returns their number. */
export async function deleteSessions(
  tx: Tx,
  of: { readonly userId: string; readonly organizationId?: string; readonly except?: Buffer },
): Promise<number> {
  const { userId, organizationId = null, except = null } = of;
  return DELETE_SESSIONS.count(tx, { userId, organizationId, except });
}

const DELETE_PROVIDER_SESSIONS = sql`
  delete from sessions where user_id = ${'userId'} and 'oidc' = any(amr)`;

/** Deletes the sessions that a person began with the OpenID provider, and returns their number. */
export async function deleteProviderSessions(tx: Tx, userId: string): Promise<number> {
  return DELETE_PROVIDER_SESSIONS.count(tx, { userId });
}

const RENEW_SESSION = sql`
  update sessions
     set id_hash = ${'newHash'}, organization_id = ${'organizationId'}, amr = ${'amr'}::text[], seen_at = now(),
         auth_time = case when ${'proved'}::boolean then now() else auth_time end,
         idle_until = least(ends_at, now() + make_interval(secs => ${'idleSeconds'}))
   where id_hash = ${'idHash'} and idle_until > now() and ends_at > now()`;

export interface SessionRenewal {
  readonly idHash: Buffer;
  readonly newHash: Buffer;
  readonly organizationId: string;
  readonly amr: readonly string[];
  /** The person has just proved the factors in `amr`. */
  readonly proved: boolean;
  readonly idleSeconds: number;
}

/** Gives the session another token. False if it has ended. */
export async function renewSession(tx: Tx, renewal: SessionRenewal): Promise<boolean> {
  return (await RENEW_SESSION.count(tx, { ...renewal })) > 0;
}

export interface ListedSession {
  readonly id: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly endsAt: Date;
  readonly amr: readonly string[];
  readonly ip: string | null;
  readonly agent: string | null;
  readonly idHash: Buffer;
}

const LIST_SESSIONS = sql.returning({
  id: 'uuid',
  createdAt: 'timestamptz',
  seenAt: 'timestamptz',
  endsAt: 'timestamptz',
  amr: 'text[]',
  ip: 'text?',
  agent: 'text?',
  idHash: 'bytea',
})`
  select id, created_at as "createdAt", seen_at as "seenAt", ends_at as "endsAt", amr, host(ip) as ip, agent,
         id_hash as "idHash"
    from sessions
   where user_id = ${'userId'} and idle_until > now() and ends_at > now()
   order by created_at desc, id`;

/** The newest first. There are few: SESSIONS_MAX. */
export async function listSessions(db: Db, userId: string): Promise<readonly ListedSession[]> {
  return LIST_SESSIONS.rows(db, { userId });
}
