/**
 * The rows that the HTTP apps see of each table, whatever their statements ask for: the second wall (docs/security.md,
 * *Whose data*). Workers act for all organizations and have no policy. The settings are those that Tenancy of #access
 * makes; none of them means that no row is seen. Each stands in a query of its own: PostgreSQL then reads it once for a
 * statement, and not once for a row.
 */
const ORGANIZATION = `(select nullif(current_setting('app.organization', true), '')::uuid)`;
const IS_PLATFORM = `(select current_setting('app.plane', true)) = 'platform'`;
const IS_OF_ORGANIZATION = `organization_id = ${ORGANIZATION}`;

/** True if the caller may act for the issuer. */
function mayActFor(column: string): string {
  return `((select current_setting('app.issuers', true)) = 'all' or
    ${column} = any ((select nullif(nullif(current_setting('app.issuers', true), 'all'), '')::uuid[])::uuid[]))`;
}

/** True if the row above is seen: its own policy decides. */
function isSeen(parent: string, column: string): string {
  return `exists (select from ${parent} p where p.id = ${column})`;
}

interface RowPolicy {
  /** The statements that it is about; every one, if it does not say. */
  readonly of?: 'select' | 'insert';
  /** True for the rows that are seen, and that may be written. */
  readonly rows: string;
}

const OF_BATCH: RowPolicy = { rows: isSeen('batches', 'batch_id') };
const OF_ISSUER: RowPolicy = { rows: isSeen('issuers', 'issuer_id') };

/** The policy of each table. A table that does not exist yet is left out. */
export const rowPolicies: Readonly<Record<string, RowPolicy>> = {
  issuers: { rows: `${IS_PLATFORM} or (${IS_OF_ORGANIZATION} and ${mayActFor('id')})` },
  batches: { rows: `${IS_PLATFORM} or (${IS_OF_ORGANIZATION} and ${mayActFor('issuer_id')})` },
  dead_letters: { rows: `${IS_PLATFORM} or (${IS_OF_ORGANIZATION} and ${OF_BATCH.rows})` },
  dead_letter_actions: { rows: `${IS_PLATFORM} or ${IS_OF_ORGANIZATION}` },
  dead_letter_histories: { rows: isSeen('dead_letters', 'dead_letter_id') },
  exports: OF_BATCH,
  export_parts: { rows: isSeen('exports', 'export_id') },
  chunks: OF_BATCH,
  chunk_results: OF_BATCH,
  dry_run_debts: OF_BATCH,
  missing_messages: OF_BATCH,
  notification_results: OF_BATCH,
  notifications: OF_BATCH,
  rejections: OF_BATCH,
  boletos: OF_ISSUER,
  debt_id_repairs: OF_ISSUER,
  debtors: OF_ISSUER,
  debts: OF_ISSUER,
  issuer_terms: OF_ISSUER,
  nosso_numero_blocks: OF_ISSUER,
  issuer_proposals: {
    rows: `${IS_OF_ORGANIZATION} and (issuer_id is null or ${mayActFor('issuer_id')})`,
  },
  mail_parts: OF_BATCH,
  mail_turns: { rows: IS_OF_ORGANIZATION },
  // The guard looks for a key, and notes its use, before it knows whose it is.
  api_keys: { of: 'insert', rows: IS_OF_ORGANIZATION },
  // Refusals are put on record before the caller is known to the database.
  audit_events: { of: 'select', rows: `${IS_PLATFORM} or ${IS_OF_ORGANIZATION}` },
  audit_seals: { of: 'select', rows: `${IS_PLATFORM} or ${IS_OF_ORGANIZATION}` },
};

/** Tables with a column of the catalogue test that have no policy for the HTTP apps, and why. */
export const openTables: Readonly<Record<string, string>> = {
  memberships: 'a session is looked up by its hash, with the membership, before the organization is known',
  sessions: 'the guard looks for a session by its hash before it knows whose it is',
  invitations: 'an invitation is accepted by its hash, by a person of no organization',
};
