import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is owed, the files they send, and how much of each file has been dealt with. */
const batchTables = `
create table issuers (
  id uuid not null,
  name text not null,
  document text not null,
  address jsonb not null,
  bank_code text not null,
  account jsonb not null,
  especie text not null default 'DM',
  instructions jsonb not null default '[]',
  fees jsonb not null default '{}',
  registration text not null default 'none',
  next_nosso_numero bigint not null default 1,
  pix jsonb,
  logo bytea,
  sacador jsonb,
  created_at timestamptz not null default now(),
  constraint issuers_pk primary key (id),
  constraint issuers_document_is_normalised check (document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$'),
  constraint issuers_bank_code_is_compe check (bank_code ~ '^[0-9]{3}$'),
  constraint issuers_registration_known check (registration in ('none', 'bank')),
  constraint issuers_next_nosso_numero_positive check (next_nosso_numero >= 1),
  constraint issuers_logo_has_bytes check (octet_length(logo) between 1 and 65536)
);
comment on table issuers is 'Beneficiários: who is owed, with the bank account and convênio their boletos are issued under.';
comment on column issuers.account is 'Bank account without its bank code; each bank says which fields it requires.';
comment on column issuers.next_nosso_numero is 'The next number that nobody has taken. Blocks are taken from here, under a row lock.';
comment on column issuers.pix is
  'Key, merchantName and merchantCity of the static BR Code on each boleto; null for none. Paying it does not settle the boleto.';
comment on column issuers.logo is 'PNG or JPEG, printed on each boleto; null for none.';
comment on column issuers.sacador is 'Name and document of whom the issuer collects for (sacador/avalista); null if for itself.';
comment on constraint issuers_document_is_normalised on issuers is
  'A CPF has 11 digits. A CNPJ has 14 characters; since July 2026 the first 12 may be letters.';
comment on constraint issuers_logo_has_bytes on issuers is 'At most 64 KiB: every PDF of the issuer carries it.';

create table batches (
  id uuid not null,
  issuer_id uuid not null,
  file_name text not null,
  sha256 text not null,
  bytes bigint not null,
  storage_key text not null,
  profile text not null,
  mode text not null,
  overrides jsonb not null default '{}',
  reading text not null,
  status text not null default 'received',
  failure jsonb,
  dialect jsonb,
  columns jsonb,
  rows_read bigint,
  chunks_total int,
  received_at timestamptz not null default now(),
  splitting_at timestamptz,
  split_at timestamptz,
  completed_at timestamptz,
  constraint batches_pk primary key (id),
  constraint batches_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint batches_sha256_is_hex check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint batches_bytes_positive check (bytes > 0),
  constraint batches_profile_known check (profile in ('strict', 'spreadsheet', 'lenient')),
  constraint batches_mode_known check (mode in ('process', 'validate')),
  constraint batches_status_known check (
    status in ('received', 'splitting', 'processing', 'completed', 'completed_with_rejections', 'failed', 'cancelled')
  ),
  constraint batches_totals_not_negative check (rows_read >= 0 and chunks_total >= 0),
  constraint batches_totals_known_once_split check (
    (split_at is null) = (rows_read is null) and (split_at is null) = (chunks_total is null)
  ),
  constraint batches_completed_only_when_split check (
    status not in ('completed', 'completed_with_rejections') or (split_at is not null and completed_at is not null)
  ),
  constraint batches_failure_explained check ((status = 'failed') = (failure is not null))
);
comment on table batches is 'One uploaded file.';
comment on column batches.overrides is 'The dialect the uploader asked for: delimiter, encoding, decimal, date.';
comment on column batches.reading is
  'Mode, profile and overrides as one canonical text: the same bytes read another way are another request.';
comment on column batches.dialect is 'The dialect that was detected.';
comment on column batches.rows_read is 'Records in the file, header and blank lines left out; null until the last byte was seen.';
comment on constraint batches_totals_known_once_split on batches is
  'Rows read and chunks are told together, once, when the whole file has been seen: progress has no denominator before.';
comment on constraint batches_failure_explained on batches is 'A failed batch says why, and only a failed one does.';

create unique index batches_same_file_once on batches (issuer_id, sha256, reading) where status not in ('failed', 'cancelled');
comment on index batches_same_file_once is
  'The same bytes read the same way are one batch, also when two uploads race. A failed or cancelled one may be sent again.';
create index batches_recent on batches (received_at desc, id);
create index batches_open on batches (received_at) where status in ('received', 'splitting', 'processing');

create table chunks (
  batch_id uuid not null,
  chunk_no int not null,
  byte_offset bigint not null,
  byte_length int not null,
  first_line bigint not null,
  rows int not null,
  constraint chunks_pk primary key (batch_id, chunk_no),
  constraint chunks_batch_exists foreign key (batch_id) references batches (id),
  constraint chunks_chunk_no_not_negative check (chunk_no >= 0),
  constraint chunks_byte_offset_not_negative check (byte_offset >= 0),
  constraint chunks_byte_length_positive check (byte_length > 0),
  constraint chunks_first_line_positive check (first_line >= 1),
  constraint chunks_rows_not_negative check (rows >= 0)
);
comment on table chunks is 'Byte ranges of a file, cut between records.';
comment on column chunks.first_line is 'Physical line of the first record; the first line of the file is 1.';
comment on column chunks.rows is 'Records in the chunk, blank lines left out.';

create table chunk_results (
  batch_id uuid not null,
  chunk_no int not null,
  stage text not null,
  from_line bigint not null,
  to_line bigint,
  rows int not null,
  accepted int not null default 0,
  duplicate int not null default 0,
  rejected int not null default 0,
  dead int not null default 0,
  created_at timestamptz not null default now(),
  constraint chunk_results_pk primary key (batch_id, chunk_no, stage, from_line),
  constraint chunk_results_chunk_exists foreign key (batch_id, chunk_no) references chunks (batch_id, chunk_no),
  constraint chunk_results_stage_known check (stage in ('validate', 'issue')),
  constraint chunk_results_from_line_positive check (from_line >= 1),
  constraint chunk_results_counts_not_negative check (
    rows >= 0 and accepted >= 0 and duplicate >= 0 and rejected >= 0 and dead >= 0
  ),
  constraint chunk_results_account_for_every_row check (rows = accepted + duplicate + rejected + dead)
);
comment on table chunk_results is
  'What became of the rows of a part of a chunk, at one stage. Progress is the sum of these, never a counter.';
comment on column chunk_results.to_line is 'Last line the part answers for; null is the end of the chunk.';
comment on column chunk_results.from_line is 'First line the part answers for: a chunk that keeps failing is halved.';
comment on constraint chunk_results_pk on chunk_results is 'A redelivered chunk finds its result: it cannot be counted twice.';
comment on constraint chunk_results_account_for_every_row on chunk_results is
  'The promise of the system: rows = accepted + duplicate + rejected + dead.';
`;

/** What the rows of the files became. */
const debtTables = `
create table debtors (
  id bigint generated always as identity,
  issuer_id uuid not null,
  document text not null,
  name text not null,
  address jsonb,
  created_at timestamptz not null default now(),
  constraint debtors_pk primary key (id),
  constraint debtors_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint debtors_one_per_document unique (issuer_id, document),
  constraint debtors_document_is_normalised check (document ~ '^[0-9A-Z]{1,14}$')
);
comment on table debtors is 'Pagadores: who owes, one for each document an issuer has named.';
comment on constraint debtors_document_is_normalised on debtors is
  'Punctuation removed. Not always a CPF or CNPJ: the lenient profile takes any document.';

create table debts (
  id bigint generated always as identity,
  issuer_id uuid not null,
  debt_id text not null,
  debtor_id bigint not null,
  payer_name text,
  email text not null,
  amount_centavos bigint not null,
  due_date date not null,
  batch_id uuid not null,
  chunk_no int not null,
  line bigint not null,
  created_at timestamptz not null default now(),
  constraint debts_pk primary key (id),
  constraint debts_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint debts_debtor_exists foreign key (debtor_id) references debtors (id),
  constraint debts_chunk_exists foreign key (batch_id, chunk_no) references chunks (batch_id, chunk_no),
  constraint debts_one_per_debt_id unique (issuer_id, debt_id),
  constraint debts_debt_id_not_empty check (debt_id <> ''),
  constraint debts_amount_positive check (amount_centavos > 0),
  constraint debts_line_positive check (line >= 1)
);
comment on table debts is 'One accepted row. It keeps the e-mail of its row: one person may have many.';
comment on column debts.debt_id is 'The id the issuer gave.';
comment on column debts.payer_name is 'The name on this row where it is not the debtor''s: the boleto prints what its own row says.';
comment on constraint debts_one_per_debt_id on debts is
  'A debt id that comes again is a duplicate or a conflict, in whatever file, chunk or order it comes.';
create index debts_by_chunk_line on debts (batch_id, chunk_no, line);

create table dry_run_debts (
  batch_id uuid not null,
  debt_id text not null,
  document text not null,
  amount_centavos bigint not null,
  due_date date not null,
  line bigint not null,
  constraint dry_run_debts_pk primary key (batch_id, debt_id),
  constraint dry_run_debts_batch_exists foreign key (batch_id) references batches (id)
);
comment on table dry_run_debts is
  'What a file that is only being validated has said so far, so that duplicates across chunks are seen. Emptied when it completes.';

create table rejections (
  batch_id uuid not null,
  line bigint not null,
  chunk_no int not null,
  problems jsonb not null,
  raw text not null,
  constraint rejections_pk primary key (batch_id, line),
  constraint rejections_chunk_exists foreign key (batch_id, chunk_no) references chunks (batch_id, chunk_no),
  constraint rejections_line_positive check (line >= 1),
  constraint rejections_explain_themselves check (jsonb_typeof(problems) = 'array' and jsonb_array_length(problems) > 0)
);
comment on table rejections is 'Rows that cannot become a debt, as they came, each with all its problems.';
comment on constraint rejections_explain_themselves on rejections is 'At least one problem: {field, code, value, message}.';
`;

/** What the debts became. */
const boletoTables = `
create table nosso_numero_blocks (
  batch_id uuid not null,
  chunk_no int not null,
  from_line bigint not null,
  issuer_id uuid not null,
  first_number bigint not null,
  count int not null,
  constraint nosso_numero_blocks_pk primary key (batch_id, chunk_no, from_line),
  constraint nosso_numero_blocks_chunk_exists foreign key (batch_id, chunk_no) references chunks (batch_id, chunk_no),
  constraint nosso_numero_blocks_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint nosso_numero_blocks_first_number_once unique (issuer_id, first_number),
  constraint nosso_numero_blocks_from_line_positive check (from_line >= 1),
  constraint nosso_numero_blocks_first_number_positive check (first_number >= 1),
  constraint nosso_numero_blocks_count_positive check (count > 0)
);
comment on table nosso_numero_blocks is
  'Numbers taken for a part of a chunk, in a transaction of its own: a redelivery finds its block again, so a crash leaves no gap.';

create table boletos (
  id uuid not null,
  issuer_id uuid not null,
  debt_id bigint not null,
  batch_id uuid not null,
  chunk_no int not null,
  nosso_numero bigint not null,
  nosso_numero_impresso text not null,
  codigo_barras text not null,
  linha_digitavel text not null,
  status text not null default 'issued',
  issued_on date not null,
  created_at timestamptz not null default now(),
  constraint boletos_pk primary key (id),
  constraint boletos_issuer_exists foreign key (issuer_id) references issuers (id),
  constraint boletos_debt_exists foreign key (debt_id) references debts (id),
  constraint boletos_one_per_debt unique (debt_id),
  constraint boletos_nosso_numero_once unique (issuer_id, nosso_numero),
  constraint boletos_nosso_numero_positive check (nosso_numero >= 1),
  constraint boletos_codigo_barras_has_44_digits check (codigo_barras ~ '^[0-9]{44}$'),
  constraint boletos_linha_digitavel_has_47_digits check (linha_digitavel ~ '^[0-9]{47}$'),
  constraint boletos_status_known check (status in ('issued', 'registered', 'paid', 'cancelled', 'expired'))
);
comment on table boletos is 'One boleto for each debt. The PDF is a pure function of this row, its debt and its issuer.';
comment on column boletos.id is 'UUIDv7, made in line order: the index grows at its right edge.';
comment on column boletos.debt_id is 'debts.id, not the id the issuer gave.';
comment on column boletos.nosso_numero is 'The sequence number; as the bank prints it: nosso_numero_impresso.';
comment on constraint boletos_one_per_debt on boletos is 'However often a chunk is delivered, a debt has one boleto.';
comment on constraint boletos_nosso_numero_once on boletos is 'Two payments must never look alike to the bank.';
create index boletos_by_chunk on boletos (batch_id, chunk_no);

create table notifications (
  boleto_id uuid not null,
  kind text not null,
  batch_id uuid not null,
  recipient text not null,
  status text not null,
  attempts int not null default 0,
  message_id text,
  last_error jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notifications_pk primary key (boleto_id, kind),
  constraint notifications_boleto_exists foreign key (boleto_id) references boletos (id),
  constraint notifications_message_id_once unique (message_id),
  constraint notifications_kind_known check (kind in ('boleto_issued')),
  constraint notifications_status_known check (status in ('pending', 'sent', 'failed')),
  constraint notifications_attempts_not_negative check (attempts >= 0),
  constraint notifications_failure_explained check (status <> 'failed' or last_error is not null)
);
comment on table notifications is 'One e-mail for each boleto and kind, and what became of it.';
comment on column notifications.message_id is 'Message-ID of the e-mail, the same at every attempt, so that a receiver can drop a repeat; null until the first attempt.';
comment on column notifications.last_error is 'Class, code and message of the last failed attempt.';
create index notifications_by_batch on notifications (batch_id, status);

create table exports (
  id uuid not null,
  batch_id uuid not null,
  format text not null,
  status text not null default 'requested',
  parts_total int,
  files_total bigint,
  files_done bigint not null default 0,
  bytes bigint,
  storage_key text,
  failure jsonb,
  requested_at timestamptz not null default now(),
  completed_at timestamptz,
  constraint exports_pk primary key (id),
  constraint exports_batch_exists foreign key (batch_id) references batches (id),
  constraint exports_format_known check (format in ('pdf-zip', 'pdf-merged')),
  constraint exports_status_known check (status in ('requested', 'running', 'completed', 'failed')),
  constraint exports_counts_not_negative check (parts_total >= 0 and files_total >= 0 and files_done >= 0 and bytes >= 0),
  constraint exports_completed_has_a_file check (
    status <> 'completed' or (storage_key is not null and bytes is not null and completed_at is not null)
  ),
  constraint exports_failure_explained check ((status = 'failed') = (failure is not null))
);
comment on table exports is 'Files made on request from the boletos of a batch.';
create unique index exports_one_open on exports (batch_id, format) where status <> 'failed';
comment on index exports_one_open is 'Asking again while one is being made, or when it is there, answers with that one.';

create table export_parts (
  export_id uuid not null,
  part_no int not null,
  files int not null,
  bytes bigint not null,
  storage_key text not null,
  entries jsonb,
  constraint export_parts_pk primary key (export_id, part_no),
  constraint export_parts_export_exists foreign key (export_id) references exports (id),
  constraint export_parts_counts_not_negative check (part_no >= 0 and files >= 0 and bytes >= 0)
);
comment on table export_parts is 'Pieces of an export that are ready: an interrupted one goes on after the last.';
`;

/** The meeting points of the database and the broker. */
const messagingTables = `
create table outbox (
  id bigint generated always as identity,
  message_id uuid not null default gen_random_uuid(),
  name text not null,
  body jsonb not null,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint outbox_pk primary key (id),
  constraint outbox_message_id_once unique (message_id)
);
comment on table outbox is 'Messages to publish: written in the transaction that causes them, deleted once the broker has confirmed.';
create index outbox_due on outbox (available_at, id);

create table inbox (
  queue text not null,
  message_id uuid not null,
  processed_at timestamptz not null default now(),
  constraint inbox_pk primary key (queue, message_id)
);
comment on table inbox is 'Messages whose effects are committed, for each queue.';
comment on constraint inbox_pk on inbox is 'A redelivered message finds its row here, and does nothing.';
create index inbox_by_age on inbox (processed_at);

create table dead_letters (
  id bigint generated always as identity,
  queue text not null,
  message_id uuid,
  message_name text,
  body bytea not null,
  headers jsonb not null,
  reason text not null,
  error jsonb,
  attempts int,
  first_failed_at timestamptz,
  batch_id uuid,
  chunk_no int,
  line bigint,
  status text not null default 'open',
  created_at timestamptz not null default now(),
  constraint dead_letters_pk primary key (id),
  constraint dead_letters_status_known check (status in ('open', 'replayed', 'discarded'))
);
comment on table dead_letters is 'Messages nobody could handle, drained from the broker so that they can be listed, replayed and discarded.';
comment on column dead_letters.line is 'The guilty row, once it was isolated.';
comment on column dead_letters.message_id is 'Null when the message could not be decoded; so are the other facts taken from it.';
create unique index dead_letters_drained_once on dead_letters (queue, message_id, first_failed_at, sha256(body)) nulls not distinct;
comment on index dead_letters_drained_once is
  'Draining the same delivery twice stores it once. A replay that fails again has failed first at another time: it is a new row.';
create index dead_letters_open on dead_letters (created_at desc, id) where status = 'open';
`;

const tables = [
  'dead_letters',
  'inbox',
  'outbox',
  'export_parts',
  'exports',
  'notifications',
  'boletos',
  'nosso_numero_blocks',
  'rejections',
  'dry_run_debts',
  'debts',
  'debtors',
  'chunk_results',
  'chunks',
  'batches',
  'issuers',
];

export class Initial implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'initial-0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statements of [batchTables, debtTables, boletoTables, messagingTables]) {
      await runner.query(statements);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table ${tables.join(', ')}`);
  }
}
