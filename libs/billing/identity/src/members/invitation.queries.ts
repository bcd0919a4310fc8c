import type { Role } from '#contracts/http';
import { column, fragment, sql, type Db, type Tx } from '#database';

export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly issuerIds: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const INVITATION = {
  id: 'uuid',
  organizationId: 'uuid',
  email: 'text',
  role: column<Role>('text'),
  issuerIds: 'uuid[]?',
  createdAt: 'timestamptz',
  expiresAt: 'timestamptz',
} as const;

const REPLACE_INVITATION = sql.returning(INVITATION)`
  insert into invitations (id, organization_id, email, role, issuer_ids, token_hash, created_by, expires_at)
  values (${'id'}, ${'organizationId'}, ${'email'}, ${'role'}, ${'issuerIds'}::uuid[], ${'tokenHash'}, ${'createdBy'},
          now() + make_interval(secs => ${'seconds'}))
  on conflict on constraint invitations_of_one_address do update
     set role = excluded.role, issuer_ids = excluded.issuer_ids, token_hash = excluded.token_hash,
         created_by = excluded.created_by, created_at = excluded.created_at, expires_at = excluded.expires_at
  returning id, organization_id as "organizationId", email, role, issuer_ids as "issuerIds", created_at as "createdAt",
            expires_at as "expiresAt"`;

/** Invites an address, in place of an invitation that it has. */
export async function replaceInvitation(
  tx: Tx,
  invitation: {
    readonly id: string;
    readonly organizationId: string;
    readonly email: string;
    readonly role: Role;
    readonly issuerIds: readonly string[] | null;
    readonly tokenHash: Buffer;
    readonly createdBy: string;
    readonly seconds: number;
  },
): Promise<Invitation> {
  const row = await REPLACE_INVITATION.row(tx, invitation);
  if (row === undefined) throw new Error('the invitation was not inserted');
  return row;
}

const LIST_INVITATIONS = sql.returning(INVITATION)`
  select id, organization_id as "organizationId", email, role, issuer_ids as "issuerIds", created_at as "createdAt",
         expires_at as "expiresAt"
    from invitations
   where organization_id = ${'organizationId'} and (${'after'}::uuid is null or id > ${'after'}::uuid)
   order by id
   limit ${'limit'}`;

/** Invitations that have not been accepted, expired ones too, a page at a time by id. */
export async function listInvitations(
  db: Db,
  page: { readonly organizationId: string; readonly after: string | null; readonly limit: number },
): Promise<readonly Invitation[]> {
  return LIST_INVITATIONS.rows(db, page);
}

const DELETE_INVITATION = sql`
  delete from invitations where id = ${'id'} and organization_id = ${'organizationId'}`;

export async function deleteInvitation(
  db: Db,
  invitation: { readonly id: string; readonly organizationId: string },
): Promise<boolean> {
  return (await DELETE_INVITATION.count(db, invitation)) > 0;
}

/** The inviter may still invite: an invitation does not outlive the role of the person that made it. */
const INVITER_MAY = fragment`
  exists (select from memberships m
           where m.user_id = i.created_by and m.status = 'active'
             and (m.role = 'platform' or (m.role = 'admin' and m.organization_id = i.organization_id)))`;

const FIND_INVITATION = sql.returning(INVITATION)`
  select i.id, i.organization_id as "organizationId", i.email, i.role, i.issuer_ids as "issuerIds",
         i.created_at as "createdAt", i.expires_at as "expiresAt"
    from invitations i
    join organizations o on o.id = i.organization_id and o.status = 'active'
   where i.token_hash = ${'tokenHash'} and i.expires_at > now() and ${INVITER_MAY}`;

/** The invitation of a link; undefined if it is none, was accepted, has expired, or its inviter may not invite now. */
export async function findInvitation(db: Db, tokenHash: Buffer): Promise<Invitation | undefined> {
  return FIND_INVITATION.row(db, { tokenHash });
}

const FIND_INVITATION_OF = sql.returning(INVITATION)`
  select i.id, i.organization_id as "organizationId", i.email, i.role, i.issuer_ids as "issuerIds",
         i.created_at as "createdAt", i.expires_at as "expiresAt"
    from invitations i
    join organizations o on o.id = i.organization_id and o.status = 'active'
   where i.email = ${'email'} and i.expires_at > now() and ${INVITER_MAY}
   order by i.created_at
   limit 1`;

/** The oldest invitation of an address. `email` is in lower case. */
export async function findInvitationOf(db: Db, email: string): Promise<Invitation | undefined> {
  return FIND_INVITATION_OF.row(db, { email });
}
