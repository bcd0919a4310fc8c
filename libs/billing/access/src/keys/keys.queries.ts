import type { Role } from '#contracts/http';
import { column, fragment, sql, type Db, type RowOf, type Tx } from '#database';
import type { MadeKeyFacts } from './maker.ts';

/** A new key as it is stored. */
export interface NewKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly issuerIds: readonly string[] | null;
  readonly cidrs: readonly string[] | null;
  readonly createdBy: string | null;
  readonly expiresInSeconds: number;
  readonly replaces: string | null;
}

const INSERT_KEY = sql.returning({ createdAt: 'timestamptz', expiresAt: 'timestamptz' })`
  insert into api_keys
    (id, organization_id, name, hash, hint, scopes, issuer_ids, cidrs, created_by, expires_at, replaces)
  values (${'id'}, ${'organizationId'}, ${'name'}, ${'hash'}, ${'hint'}, ${'scopes'}::text[], ${'issuerIds'}::uuid[],
          ${'cidrs'}::cidr[], ${'createdBy'}, now() + make_interval(secs => ${'expiresInSeconds'}), ${'replaces'})
  returning created_at as "createdAt", expires_at as "expiresAt"`;

export async function insertKey(db: Db, key: NewKey): Promise<{ readonly createdAt: Date; readonly expiresAt: Date }> {
  const inserted = await INSERT_KEY.row(db, { ...key });
  if (inserted === undefined) throw new Error('the key was not inserted');
  return inserted;
}

/** The maker of a key as the organization of the key has that person now. All null for a key of a script. */
const MAKER_COLUMNS = {
  makerRole: column<Role | null>('text'),
  makerStatus: column<MadeKeyFacts['makerStatus']>('text'),
  makerIssuerIds: 'uuid[]?',
} as const;

const MAKER = fragment`m.role as "makerRole", m.status as "makerStatus", m.issuer_ids as "makerIssuerIds"`;

const JOIN_MAKER = fragment`
    left join memberships m on m.user_id = k.created_by and m.organization_id = k.organization_id`;

/** A key as the guard needs it: dead ones too, so that a record can say which it was. */
export interface StoredKey extends MadeKeyFacts {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly cidrs: readonly string[] | null;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly state: 'good' | 'expired' | 'revoked' | 'organization_closed' | 'maker_inactive';
  /** For how long it is still good, in milliseconds. */
  readonly leftMs: number;
}

const FIND_KEY = sql.returning({
  id: 'uuid',
  organizationId: 'uuid',
  name: 'text',
  scopes: 'text[]',
  issuerIds: 'uuid[]?',
  cidrs: 'text[]?',
  madeBy: 'uuid?',
  limits: column<Readonly<Record<string, unknown>>>('jsonb'),
  state: column<StoredKey['state']>('text'),
  leftMs: 'float8',
  ...MAKER_COLUMNS,
})`
  select k.id, k.organization_id as "organizationId", k.name, k.scopes, k.issuer_ids as "issuerIds",
         k.cidrs::text[] as cidrs, k.created_by as "madeBy", o.limits,
         case when k.revoked_at is not null then 'revoked'
              when k.expires_at <= now() then 'expired'
              when o.status <> 'active' then 'organization_closed'
              when k.created_by is not null and m.status is distinct from 'active' then 'maker_inactive'
              else 'good' end as state,
         (extract(epoch from k.expires_at - now()) * 1000)::float8 as "leftMs", ${MAKER}
    from api_keys k
    join organizations o on o.id = k.organization_id ${JOIN_MAKER}
   where k.hash = ${'hash'}`;

export async function findKey(db: Db, hash: Buffer): Promise<StoredKey | undefined> {
  return FIND_KEY.row(db, { hash });
}

const TOUCH_KEY = sql`
  update api_keys set last_used_at = now(), last_used_ip = ${'ip'}::inet
   where id = ${'id'} and (last_used_at is null or last_used_at < now() - interval '1 minute')`;

/** Notes the use, at most once a minute, whatever the number of processes. */
export async function touchKey(db: Db, key: { readonly id: string; readonly ip: string | null }): Promise<void> {
  await TOUCH_KEY.run(db, key);
}

const REVOKE_BY_HASH = sql.returning({ id: 'uuid', organizationId: 'uuid' })`
  update api_keys set revoked_at = now(), revoked_by = ${'by'}
   where hash = ${'hash'} and revoked_at is null
  returning id, organization_id as "organizationId"`;

/** Ends a key whose text was found. Undefined if there is no such key, or it has ended already. */
export async function revokeKeyByHash(tx: Tx, hash: Buffer, by: string) {
  return REVOKE_BY_HASH.row(tx, { hash, by });
}

const REVOKE_KEY = sql.returning({ id: 'uuid' })`
  update api_keys set revoked_at = now(), revoked_by = ${'by'}
   where id = ${'id'} and organization_id = ${'organizationId'} and revoked_at is null
  returning id`;

/** Ends a key of the organization. False if there is none that is not ended. */
export async function revokeKey(
  tx: Tx,
  key: { readonly id: string; readonly organizationId: string; readonly by: string },
): Promise<boolean> {
  return (await REVOKE_KEY.row(tx, key)) !== undefined;
}

const KEY_COLUMNS = {
  id: 'uuid',
  organizationId: 'uuid',
  name: 'text',
  hint: 'text',
  scopes: 'text[]',
  issuerIds: 'uuid[]?',
  cidrs: 'text[]?',
  createdBy: 'uuid?',
  createdAt: 'timestamptz',
  expiresAt: 'timestamptz',
  revokedAt: 'timestamptz?',
  replaces: 'uuid?',
  lastUsedAt: 'timestamptz?',
} as const;

/** A key as the people of its organization see it. */
export type ListedKey = RowOf<typeof LIST_KEYS>;

const LOCK_KEY = sql.returning(KEY_COLUMNS)`
  select id, organization_id as "organizationId", name, hint, scopes, issuer_ids as "issuerIds", cidrs::text[] as cidrs,
         created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
         replaces, last_used_at as "lastUsedAt"
    from api_keys
   where id = ${'id'} and organization_id = ${'organizationId'}
     for update`;

/** A key of the organization, held until the transaction ends. */
export async function lockKey(tx: Tx, key: { readonly id: string; readonly organizationId: string }) {
  return LOCK_KEY.row(tx, key);
}

const LIST_KEYS = sql.returning({ ...KEY_COLUMNS, ...MAKER_COLUMNS })`
  select k.id, k.organization_id as "organizationId", k.name, k.hint, k.scopes, k.issuer_ids as "issuerIds",
         k.cidrs::text[] as cidrs, k.created_by as "createdBy", k.created_at as "createdAt",
         k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.replaces, k.last_used_at as "lastUsedAt", ${MAKER}
    from api_keys k ${JOIN_MAKER}
   where k.organization_id = ${'organizationId'} and (${'after'}::uuid is null or k.id > ${'after'}::uuid)
   order by k.id
   limit ${'limit'}`;

/** Keys of an organization, ended ones too, a page at a time by id. */
export async function listKeys(
  db: Db,
  page: { readonly organizationId: string; readonly after: string | null; readonly limit: number },
) {
  return LIST_KEYS.rows(db, page);
}

const KEYS_OF_MAKER = sql.returning({
  id: 'uuid',
  name: 'text',
  hint: 'text',
  scopes: 'text[]',
  issuerIds: 'uuid[]?',
  madeBy: 'uuid?',
  ...MAKER_COLUMNS,
})`
  select k.id, k.name, k.hint, k.scopes, k.issuer_ids as "issuerIds", k.created_by as "madeBy", ${MAKER}
    from api_keys k ${JOIN_MAKER}
   where k.organization_id = ${'organizationId'} and k.created_by = ${'maker'}
     and k.revoked_at is null and k.expires_at > now()
   order by k.id
   limit ${'limit'}`;

/** The keys that a person made in the organization and that have neither expired nor been ended. */
export async function keysOfMaker(
  db: Db,
  of: { readonly organizationId: string; readonly maker: string; readonly limit: number },
) {
  return KEYS_OF_MAKER.rows(db, of);
}

const END_AFTER_GRACE = sql`
  update api_keys set expires_at = least(expires_at, now() + make_interval(secs => ${'graceSeconds'}))
   where id = ${'id'}`;

/** Lets a key that was rotated work until its grace ends, and no longer. */
export async function endKeyAfterGrace(tx: Tx, id: string, graceSeconds: number): Promise<void> {
  await END_AFTER_GRACE.run(tx, { id, graceSeconds });
}

const NETWORKS = sql.returning({ networks: 'text[]' })`
  select array(select network(each::inet)::text from unnest(${'cidrs'}::text[]) with ordinality as given (each, place)
                order by place) as networks`;

/** The networks of addresses with a prefix: 10.1.2.3/8 is in 10.0.0.0/8, and only that is a cidr of PostgreSQL. */
export async function networksOf(db: Db, cidrs: readonly string[]): Promise<readonly string[]> {
  return (await NETWORKS.row(db, { cidrs }))?.networks ?? [];
}
