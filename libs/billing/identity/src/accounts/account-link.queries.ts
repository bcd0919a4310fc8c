import { sql, type Db, type Tx } from '#database';

const DELETE_LINKS = sql`
  delete from account_links
   where expires_at <= now() or (purpose = ${'purpose'} and user_id is not distinct from ${'userId'}::uuid)`;
const INSERT_LINK = sql`
  insert into account_links (token_hash, purpose, user_id, expires_at)
  values (${'hash'}, ${'purpose'}, ${'userId'}, now() + make_interval(secs => ${'seconds'}))`;

type LinkPurpose = 'setup' | 'password-reset';

export interface NewLink {
  readonly hash: Buffer;
  readonly purpose: LinkPurpose;
  /** Null for the setup. */
  readonly userId: string | null;
  readonly seconds: number;
}

/** Makes a link, in place of the one for the same that was made before. */
export async function replaceLink(tx: Tx, link: NewLink): Promise<void> {
  const { purpose, userId } = link;
  await DELETE_LINKS.run(tx, { purpose, userId });
  await INSERT_LINK.run(tx, { ...link });
}

const FIND_LINK = sql.returning({ userId: 'uuid?' })`
  select user_id as "userId" from account_links
   where token_hash = ${'hash'} and purpose = ${'purpose'} and expires_at > now()`;

/** Whose link it is; undefined if it is none, was used or has expired. */
export async function findLink(db: Db, link: { readonly hash: Buffer; readonly purpose: LinkPurpose }) {
  return FIND_LINK.row(db, link);
}

const USE_LINK = sql`
  delete from account_links where token_hash = ${'hash'} and purpose = ${'purpose'} and expires_at > now()`;

/** False if it is no link, was used before or has expired. */
export async function useLink(
  tx: Tx,
  link: { readonly hash: Buffer; readonly purpose: LinkPurpose },
): Promise<boolean> {
  return (await USE_LINK.count(tx, link)) > 0;
}
