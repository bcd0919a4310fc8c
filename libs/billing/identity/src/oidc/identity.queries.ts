import { sql, type Db, type Tx } from '#database';

/** A person as a provider names that person: `sub` of an `iss`. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
}

const FIND_IDENTITY = sql.returning({ userId: 'uuid' })`
  select user_id as "userId" from external_identities where issuer = ${'issuer'} and subject = ${'subject'}`;

export async function findUserOf(db: Db, { issuer, subject }: ExternalIdentity): Promise<string | undefined> {
  return (await FIND_IDENTITY.row(db, { issuer, subject }))?.userId;
}

const INSERT_IDENTITY = sql`
  insert into external_identities (issuer, subject, user_id) values (${'issuer'}, ${'subject'}, ${'userId'})`;

export async function insertIdentity(tx: Tx, { issuer, subject }: ExternalIdentity, userId: string): Promise<void> {
  await INSERT_IDENTITY.run(tx, { issuer, subject, userId });
}
