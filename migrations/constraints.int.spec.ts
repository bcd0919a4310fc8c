import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertDebtor,
  insertIssuer,
  insertNotification,
  insertRejection,
  type TestDatabase,
  type Writer,
} from '#testing';
import { auditViolations } from './audit-violations.fixture.ts';
import { violationsByPeople } from './people-violations.fixture.ts';
import { violationsByProposals } from './proposal-violations.fixture.ts';

async function withChunk(tx: Writer): Promise<{ batchId: string; issuerId: string }> {
  const batch = await insertBatch(tx);
  await insertChunk(tx, { batchId: batch.id });
  return { batchId: batch.id, issuerId: batch.issuerId };
}

async function result(tx: Writer, overrides: object): Promise<unknown> {
  const { batchId } = await withChunk(tx);
  return insertChunkResult(tx, { batchId, ...overrides });
}

async function rejection(tx: Writer, overrides: object): Promise<unknown> {
  const { batchId } = await withChunk(tx);
  return insertRejection(tx, { batchId, ...overrides });
}

async function block(tx: Writer, fromLine: number, firstNumber: number, count: number): Promise<unknown> {
  const { batchId, issuerId } = await withChunk(tx);
  const insert = (row: number): Promise<unknown> =>
    tx.query(
      `insert into nosso_numero_blocks (batch_id, chunk_no, from_line, issuer_id, first_number, count)
       values ($1, 0, $2, $3, $4, $5)`,
      [batchId, row, issuerId, firstNumber, count],
    );
  await insert(fromLine);
  return insert(fromLine + 1);
}

async function exported(tx: Writer, columns: string, values: string): Promise<unknown> {
  const { id } = await insertBatch(tx);
  return tx.query(`insert into exports (id, batch_id, format, ${columns}) values ($1, $2, 'pdf-zip', ${values})`, [
    randomUUID(),
    id,
  ]);
}

async function deadLetter(tx: Writer, status: string): Promise<unknown> {
  return tx.query(
    `insert into dead_letters (queue, message_id, body, headers, reason, status, fingerprint, settled_at)
     values ('notifier.chunks', '00000000-0000-4000-8000-000000000001', '{}', '{}', 'gave up', $1,
             '0123456789abcdef', case when $1 <> 'open' then now() end)`,
    [status],
  );
}

async function deadLetterWith(tx: Writer, columns: string, values: string): Promise<unknown> {
  return tx.query(
    `insert into dead_letters (queue, message_id, body, headers, reason, ${columns})
     values ('notifier.chunks', gen_random_uuid(), '{}', '{}', 'gave up', ${values})`,
  );
}

async function deadLetterAction(tx: Writer, columns: string, values: string): Promise<unknown> {
  return tx.query(`insert into dead_letter_actions (selection, ${columns}) values ('{}', ${values})`);
}

async function organization(tx: Writer, columns: string, values: string): Promise<unknown> {
  return tx.query(`insert into organizations (id, ${columns}) values (gen_random_uuid(), ${values})`);
}

/** A key of the default organization, with the values given instead of good ones. */
async function apiKey(tx: Writer, values: Readonly<Record<string, string>>): Promise<unknown> {
  const row = {
    id: 'gen_random_uuid()',
    organization_id: `(select id from organizations where slug = 'default')`,
    name: `'key'`,
    hash: `sha256(gen_random_uuid()::text::bytea)`,
    hint: `'sbk_test_Ab3d…x9Kz'`,
    scopes: `'{batches:read}'`,
    expires_at: `now() + interval '1 day'`,
    ...values,
  };
  return tx.query(`insert into api_keys (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`);
}

async function drainUndecodable(tx: Writer, body: string, firstFailedAt: string | null): Promise<unknown> {
  return tx.query(
    `insert into dead_letters (queue, body, headers, reason, fingerprint, first_failed_at)
     values ('notifier.recipients', $1, '{}', 'undecodable', '0123456789abcdef', $2)
     on conflict do nothing
     returning id`,
    [Buffer.from(body), firstFailedAt],
  );
}

async function outboxRow(tx: Writer, messageId: string): Promise<unknown> {
  return tx.query(`insert into outbox (message_id, name, body) values ($1, 'x.v1', '{}')`, [messageId]);
}

/** For each constraint, a row that breaks it and nothing else. */
const violations: Record<string, (tx: Writer) => Promise<unknown>> = {
  ...violationsByPeople,
  ...violationsByProposals,
  organizations_slug_once: (tx) => organization(tx, 'name, slug', `'A', 'default'`),
  organizations_name_has_letters: (tx) => organization(tx, 'name, slug', `'', 'a'`),
  organizations_slug_is_plain: (tx) => organization(tx, 'name, slug', `'A', '-a'`),
  organizations_status_known: (tx) => organization(tx, 'name, slug, status', `'A', 'a', 'asleep'`),
  organizations_limits_are_positive: (tx) => organization(tx, 'name, slug, limits', `'A', 'a', '{"rows": 0}'`),
  organizations_weight_is_small: (tx) => organization(tx, 'name, slug, limits', `'A', 'a', '{"releaseWeight": 101}'`),
  organizations_limits_are_an_object: (tx) => organization(tx, 'name, slug, limits', `'A', 'a', '[]'`),
  api_keys_hash_once: async (tx) => {
    await apiKey(tx, { hash: `sha256('1')` });
    return apiKey(tx, { hash: `sha256('1')` });
  },
  api_keys_name_has_letters: (tx) => apiKey(tx, { name: `''` }),
  api_keys_hash_is_sha256: (tx) => apiKey(tx, { hash: `'1'` }),
  api_keys_have_scopes: (tx) => apiKey(tx, { scopes: `'{}'` }),
  api_keys_issuers_are_named: (tx) => apiKey(tx, { issuer_ids: `'{}'` }),
  api_keys_networks_are_named: (tx) => apiKey(tx, { cidrs: `'{}'` }),
  api_keys_expire: (tx) => apiKey(tx, { expires_at: `now() + interval '401 days'` }),
  api_keys_revoked_by_a_caller: (tx) => apiKey(tx, { revoked_at: 'now()' }),
  issuers_document_is_normalised: (tx) => insertIssuer(tx, { document: '11.222.333/0001-81' }),
  issuers_bank_code_is_compe: (tx) => insertIssuer(tx, { bankCode: '1' }),
  issuers_registration_known: (tx) => insertIssuer(tx, { registration: 'maybe' as 'none' }),
  issuers_next_nosso_numero_positive: (tx) => insertIssuer(tx, { nextNossoNumero: 0n }),
  bank_accounts_identity_once: (tx) =>
    tx.query(
      `insert into bank_accounts (id, bank_code, identity, identity_key)
       values (gen_random_uuid(), '001', '{}', 'k'), (gen_random_uuid(), '001', '{}', 'k')`,
    ),
  bank_accounts_next_nosso_numero_positive: (tx) =>
    tx.query(
      `insert into bank_accounts (id, bank_code, identity, identity_key, next_nosso_numero)
       values (gen_random_uuid(), '001', '{}', 'n', 0)`,
    ),
  issuers_mapping_is_an_object: (tx) => insertIssuer(tx, { mapping: ['Valor'] }),
  issuers_version_positive: async (tx) => {
    const issuer = await insertIssuer(tx);
    return tx.query(
      `insert into issuers (id, name, document, address, bank_code, account, version)
       select gen_random_uuid(), name, document, address, bank_code, account, 0 from issuers where id = $1`,
      [issuer.id],
    );
  },
  issuers_logo_has_bytes: (tx) => insertIssuer(tx, { logo: Buffer.alloc(64 * 1024 + 1) }),

  batches_sha256_is_hex: (tx) => insertBatch(tx, { sha256: 'abc' }),
  batches_bytes_positive: (tx) => insertBatch(tx, { bytes: 0n }),
  batches_profile_known: (tx) => insertBatch(tx, { profile: 'relaxed' as 'lenient' }),
  batches_mode_known: (tx) => insertBatch(tx, { mode: 'guess' as 'validate' }),
  batches_status_known: (tx) => insertBatch(tx, { status: 'done' as 'completed' }),
  batches_totals_not_negative: (tx) => insertBatch(tx, { splitAt: new Date(), rowsRead: -1n, chunksTotal: 1 }),
  batches_totals_known_once_split: (tx) => insertBatch(tx, { rowsRead: 10n }),
  batches_completed_only_when_split: (tx) => insertBatch(tx, { status: 'completed', completedAt: new Date() }),
  batches_failure_explained: (tx) => insertBatch(tx, { status: 'failed' }),
  batches_same_file_once: async (tx) => {
    const { issuerId, sha256 } = await insertBatch(tx);
    return insertBatch(tx, { issuerId, sha256 });
  },

  chunks_chunk_no_not_negative: (tx) => insertChunk(tx, { chunkNo: -1 }),
  chunks_byte_offset_not_negative: (tx) => insertChunk(tx, { byteOffset: -1n }),
  chunks_byte_length_positive: (tx) => insertChunk(tx, { byteLength: 0 }),
  chunks_first_line_positive: (tx) => insertChunk(tx, { firstLine: 0n }),
  chunks_rows_not_negative: (tx) => insertChunk(tx, { rows: -1 }),
  chunks_finished_only_when_released: (tx) => insertChunk(tx, { releasedAt: null, finishedAt: new Date() }),

  chunk_results_stage_known: (tx) => result(tx, { stage: 'notify' }),
  chunk_results_from_line_positive: (tx) => result(tx, { fromLine: 0n }),
  chunk_results_counts_not_negative: (tx) => result(tx, { rows: 10, accepted: 11, dead: -1 }),
  chunk_results_account_for_every_row: (tx) => result(tx, { rows: 10, accepted: 8, rejected: 1 }),
  chunk_results_centavos_are_of_boletos: (tx) => result(tx, { stage: 'validate', centavos: 100n }),

  debtors_one_per_document: async (tx) => {
    const { issuerId, document } = await insertDebtor(tx);
    return insertDebtor(tx, { issuerId, document });
  },
  debtors_document_is_normalised: (tx) => insertDebtor(tx, { document: '529.982.247-25' }),

  debts_one_per_debt_id: async (tx) => {
    const { issuerId, debtId } = await insertDebt(tx);
    return insertDebt(tx, { issuerId, debtId });
  },
  debts_debt_id_not_empty: (tx) => insertDebt(tx, { debtId: '' }),
  debts_amount_positive: (tx) => insertDebt(tx, { amountCentavos: 0n }),
  debts_line_positive: (tx) => insertDebt(tx, { line: 0n }),

  rejections_line_positive: (tx) => rejection(tx, { line: 0n }),
  rejections_explain_themselves: (tx) => rejection(tx, { problems: [] }),

  nosso_numero_blocks_first_number_once: (tx) => block(tx, 2, 1, 10),
  nosso_numero_blocks_from_line_positive: (tx) => block(tx, 0, 1, 10),
  nosso_numero_blocks_first_number_positive: (tx) => block(tx, 2, 0, 10),
  nosso_numero_blocks_count_positive: (tx) => block(tx, 2, 1, 0),

  boletos_one_per_debt: async (tx) => {
    const debt = await insertDebt(tx);
    await insertBoleto(tx, debt);
    return insertBoleto(tx, debt);
  },
  boletos_nosso_numero_once: async (tx) => {
    const { issuerId, nossoNumero } = await insertBoleto(tx);
    return insertBoleto(tx, await insertDebt(tx, { issuerId }), { nossoNumero });
  },
  boletos_nosso_numero_positive: (tx) => insertBoleto(tx, undefined, { nossoNumero: 0n }),
  boletos_codigo_barras_has_44_digits: (tx) => insertBoleto(tx, undefined, { codigoBarras: '1'.repeat(43) }),
  boletos_linha_digitavel_has_47_digits: (tx) => insertBoleto(tx, undefined, { linhaDigitavel: '1'.repeat(48) }),
  boletos_status_known: (tx) => insertBoleto(tx, undefined, { status: 'lost' as 'paid' }),

  notification_results_tell_something: (tx) =>
    tx.query('insert into notification_results (batch_id, sent, failed) values ($1, 0, 0)', [randomUUID()]),
  notifications_message_id_once: async (tx) => {
    const { messageId } = await insertNotification(tx);
    return insertNotification(tx, { messageId });
  },
  notifications_kind_known: (tx) => insertNotification(tx, { kind: 'greeting' as 'boleto_issued' }),
  notifications_status_known: (tx) => insertNotification(tx, { status: 'lost' as 'failed' }),
  notifications_attempts_not_negative: (tx) => insertNotification(tx, { attempts: -1 }),
  notifications_claim_ends: async (tx) => {
    const { boletoId } = await insertNotification(tx);
    return tx.query(`update notifications set claimed_by = gen_random_uuid() where boleto_id = $1`, [boletoId]);
  },
  notifications_failure_explained: (tx) => insertNotification(tx, { status: 'failed' }),

  exports_format_known: async (tx) => {
    const { id } = await insertBatch(tx);
    return tx.query(`insert into exports (id, batch_id, format) values ($1, $2, 'xlsx')`, [randomUUID(), id]);
  },
  exports_status_known: (tx) => exported(tx, 'status', `'lost'`),
  exports_counts_not_negative: (tx) => exported(tx, 'files_done', '-1'),
  exports_completed_has_a_file: (tx) => exported(tx, 'status', `'completed'`),
  exports_failure_explained: (tx) => exported(tx, 'status', `'failed'`),
  exports_one_open: async (tx) => {
    const { id } = await insertBatch(tx);
    const insert = (): Promise<unknown> =>
      tx.query(`insert into exports (id, batch_id, format) values ($1, $2, 'pdf-zip')`, [randomUUID(), id]);
    await insert();
    return insert();
  },
  export_parts_counts_not_negative: async (tx) => {
    const exportId = randomUUID();
    const { id } = await insertBatch(tx);
    await tx.query(`insert into exports (id, batch_id, format) values ($1, $2, 'pdf-zip')`, [exportId, id]);
    return tx.query(
      `insert into export_parts (export_id, part_no, files, bytes, storage_key) values ($1, 0, -1, 0, 'exports/a')`,
      [exportId],
    );
  },

  outbox_message_id_once: async (tx) => {
    const messageId = randomUUID();
    await outboxRow(tx, messageId);
    return outboxRow(tx, messageId);
  },
  dead_letters_status_known: (tx) => deadLetter(tx, 'lost'),
  dead_letters_drained_once: async (tx) => {
    await deadLetter(tx, 'open');
    return deadLetter(tx, 'open');
  },
  dead_letters_fingerprint_is_hex: (tx) => deadLetterWith(tx, 'fingerprint', `'none'`),
  dead_letters_settled_is_dated: (tx) => deadLetterWith(tx, 'fingerprint, status', `'0123456789abcdef', 'discarded'`),
  dead_letter_actions_action_known: (tx) => deadLetterAction(tx, 'action, operator', `'forget', 'ana'`),
  dead_letter_actions_operator_not_empty: (tx) => deadLetterAction(tx, 'action, operator', `'replay', ''`),
  dead_letter_actions_matched_not_negative: (tx) =>
    deadLetterAction(tx, 'action, operator, matched', `'replay', 'ana', -1`),
  dead_letter_actions_letters_not_negative: (tx) =>
    deadLetterAction(tx, 'action, operator, letters', `'replay', 'ana', -1`),
  dead_letter_actions_per_second_positive: (tx) =>
    deadLetterAction(tx, 'action, operator, per_second', `'replay', 'ana', 0`),
  dead_letters_failure_class_known: (tx) =>
    deadLetterWith(tx, 'fingerprint, failure_class', `'0123456789abcdef', 'bad luck'`),
  stage_breakers_openings_positive: (tx) =>
    tx.query(
      `insert into stage_breakers (stage, reason, openings, probe_at) values ('notifier.chunks', 'x', 0, now())`,
    ),
  stage_breakers_prober_for_a_while: (tx) =>
    tx.query(
      `insert into stage_breakers (stage, reason, openings, probe_at, prober) values ('notifier.chunks', 'x', 1, now(), $1)`,
      [randomUUID()],
    ),
  stage_pauses_operator_not_empty: (tx) =>
    tx.query(`insert into stage_pauses (stage, operator) values ('notifier.chunks', '')`),
  debt_id_repairs_outcome_known: (tx) =>
    tx.query(
      `insert into debt_id_repairs (debt_id, issuer_id, original, normal_form, outcome) values (1, $1, 'A  1', 'A 1', '')`,
      [randomUUID()],
    ),
  missing_messages_announcements_not_negative: (tx) => missingMessage(tx, '-1, now()'),
  missing_messages_announced_is_dated: (tx) => missingMessage(tx, '1, null'),
  publisher_blocks_seen_since_blocked: (tx) =>
    tx.query(
      `insert into publisher_blocks (relay, blocked_at, seen_at) values ($1, now(), now() - interval '1 second')`,
      [randomUUID()],
    ),
  ...auditViolations,
};

function missingMessage(tx: Writer, announced: string): Promise<unknown> {
  return tx.query(
    `insert into missing_messages (name, body, batch_id, announcements, announced_at)
     values ('chunk.ready.v1', '{}', $1, ${announced})`,
    [randomUUID()],
  );
}

describe('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test.each(Object.entries(violations))('%s refuses a row that breaks it', async (constraint, violate) => {
    const work = database.dataSource.transaction(async (tx) => violate(tx));
    await expect(work).rejects.toMatchObject({ driverError: { constraint } });
  });

  test('has no invariant without a case here', async () => {
    const rows: { name: string }[] = await database.dataSource.query(
      `select conname as name
       from pg_constraint
       where contype in ('c', 'u') and connamespace = 'public'::regnamespace
       union
       select indexrelid::regclass::text
       from pg_index
       join pg_class on pg_class.oid = indexrelid
       where indisunique and not indisprimary and relnamespace = 'public'::regnamespace
       order by name`,
    );
    expect(Object.keys(violations).toSorted()).toEqual(rows.map((row) => row.name));
  });

  test.each(['issuers', 'chunks', 'debtors', 'debts'])('keeps the %s that other rows refer to', async (table) => {
    const { dataSource } = database;
    await insertDebt(dataSource);
    const kept = { driverError: { code: '23503' } };
    await expect(dataSource.query(`delete from ${table}`)).rejects.toMatchObject(kept);
    await expect(dataSource.query(`truncate ${table} cascade`)).rejects.toMatchObject(kept);
  });

  test.each([
    ['issuers', 'id'],
    ['chunks', 'batch_id'],
    ['chunks', 'chunk_no'],
  ])('refuses to change %s.%s, by which other rows refer to it', async (table, column) => {
    const change = database.dataSource.query(`update ${table} set ${column} = ${column}`);
    await expect(change).rejects.toMatchObject({ driverError: { code: '23503' } });
  });

  test('takes a file again when its first batch failed or was cancelled', async () => {
    const { dataSource } = database;
    const failed = await insertBatch(dataSource, { status: 'failed', failure: { code: 'EMPTY', message: 'no rows' } });
    const { issuerId, sha256 } = failed;
    await insertBatch(dataSource, { issuerId, sha256, status: 'cancelled' });
    await insertBatch(dataSource, { issuerId, sha256 });
    await insertBatch(dataSource, { issuerId, sha256, profile: 'lenient', reading: 'process lenient' });
  });

  test('tells undecodable dead letters apart by bytes, and a replay that fails again by its time', async () => {
    const { dataSource } = database;
    expect(await drainUndecodable(dataSource, '{', null)).toHaveLength(1);
    expect(await drainUndecodable(dataSource, '{', null)).toHaveLength(0);
    expect(await drainUndecodable(dataSource, '[', null)).toHaveLength(1);
    expect(await drainUndecodable(dataSource, '{', '2030-01-01T00:00:00Z')).toHaveLength(1);
  });
});
