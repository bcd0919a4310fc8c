import { sql, type Db, type Tx } from '#database';

const DELETE_CODES = sql`delete from recovery_codes where user_id = ${'userId'}`;
const INSERT_CODES = sql`
  insert into recovery_codes (user_id, code_hash) select ${'userId'}::uuid, unnest(${'hashes'}::bytea[])`;

/** Replaces all codes of a person. */
export async function replaceRecoveryCodes(tx: Tx, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await DELETE_CODES.run(tx, { userId });
  if (hashes.length > 0) await INSERT_CODES.run(tx, { userId, hashes });
}

const USE_CODE = sql`delete from recovery_codes where user_id = ${'userId'} and code_hash = ${'hash'}`;

/** False if there is no such code, or it was used before. */
export async function useRecoveryCode(db: Db, userId: string, hash: Buffer): Promise<boolean> {
  return (await USE_CODE.count(db, { userId, hash })) > 0;
}

const COUNT_CODES = sql.returning({ left: 'int4' })`
  select count(*)::int as left from recovery_codes where user_id = ${'userId'}`;

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  return (await COUNT_CODES.row(db, { userId }))?.left ?? 0;
}
