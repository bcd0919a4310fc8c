create table account_links (
  token_hash bytea not null,
  purpose text not null,
  user_id uuid,
  expires_at timestamp with time zone not null,
  constraint account_links_hash_is_sha256 CHECK ((octet_length(token_hash) = 32)),
  constraint account_links_person_known CHECK (((user_id IS NULL) = (purpose = 'setup'::text))),
  constraint account_links_purpose_known CHECK ((purpose = ANY (ARRAY['setup'::text, 'password-reset'::text]))),
  constraint account_links_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint account_links_pk PRIMARY KEY (token_hash)
);
CREATE INDEX account_links_of_user ON public.account_links USING btree (user_id);
comment on table account_links is 'Links that set up the first account, or set a new password. A row is deleted when its link is used.';

create table api_keys (
  id uuid not null,
  organization_id uuid not null,
  name text not null,
  hash bytea not null,
  hint text not null,
  scopes text[] not null,
  issuer_ids uuid[],
  cidrs cidr[],
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  revoked_by text,
  replaces uuid,
  last_used_at timestamp with time zone,
  last_used_ip inet,
  constraint api_keys_expire CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '400 days'::interval)))),
  constraint api_keys_hash_is_sha256 CHECK ((octet_length(hash) = 32)),
  constraint api_keys_have_scopes CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 100))),
  constraint api_keys_issuers_are_named CHECK (((cardinality(issuer_ids) >= 1) AND (cardinality(issuer_ids) <= 1000))),
  constraint api_keys_name_has_letters CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint api_keys_networks_are_named CHECK (((cardinality(cidrs) >= 1) AND (cardinality(cidrs) <= 100))),
  constraint api_keys_revoked_by_a_caller CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
  constraint api_keys_organization_exists FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint api_keys_replaces_a_key FOREIGN KEY (replaces) REFERENCES api_keys(id),
  constraint api_keys_pk PRIMARY KEY (id),
  constraint api_keys_hash_once UNIQUE (hash)
);
CREATE INDEX api_keys_of_organization ON public.api_keys USING btree (organization_id, id);
CREATE INDEX api_keys_replaced ON public.api_keys USING btree (replaces) WHERE (replaces IS NOT NULL);
comment on table api_keys is 'What programs call the API with. The text of a key is shown once and never stored.';
comment on column api_keys.hash is 'SHA-256 of the whole text.';
comment on column api_keys.hint is 'Its first and last characters, to tell keys apart.';
comment on column api_keys.scopes is 'The permissions it may use, as texts of libs/contracts/src/http/access.';
comment on column api_keys.issuer_ids is 'The issuers it may act for; null for all of the organization.';
comment on column api_keys.cidrs is 'The networks it may call from; null for all.';
comment on column api_keys.replaces is 'The key that was rotated into this one.';
CREATE TRIGGER api_keys_are_kept BEFORE DELETE OR TRUNCATE ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER api_keys_keep_their_organization BEFORE UPDATE OF organization_id ON public.api_keys FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();
CREATE TRIGGER api_keys_tell_of_changes AFTER UPDATE OF revoked_at, expires_at, scopes, issuer_ids, cidrs ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changed_key();

create table audit_events (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  organization_id uuid,
  actor_kind text not null,
  actor_id uuid,
  action text not null,
  target_kind text,
  target_id text,
  request_id text,
  network cidr,
  outcome text not null,
  details jsonb not null,
  constraint audit_events_action_named CHECK (((action ~ '^[a-z]+(\.[a-zA-Z]+)+$'::text) AND (length(action) <= 60))),
  constraint audit_events_actor_known CHECK ((actor_kind = ANY (ARRAY['person'::text, 'key'::text, 'system'::text]))),
  constraint audit_events_actor_named CHECK (((actor_id IS NULL) = (actor_kind = 'system'::text))),
  constraint audit_events_details_small CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 4096))),
  constraint audit_events_network_cut CHECK ((masklen((network)::inet) <=
CASE family((network)::inet)
    WHEN 4 THEN 24
    ELSE 48
END)),
  constraint audit_events_outcome_known CHECK ((outcome = ANY (ARRAY['ok'::text, 'denied'::text, 'failed'::text]))),
  constraint audit_events_target_whole CHECK (((target_kind IS NULL) = (target_id IS NULL))),
  constraint audit_events_texts_short CHECK (((length(target_kind) <= 40) AND (length(target_id) <= 100) AND (length(request_id) <= 64))),
  constraint audit_events_pk PRIMARY KEY (id)
);
CREATE INDEX audit_events_by_time ON public.audit_events USING btree (organization_id, at, id);
comment on table audit_events is 'What callers did, written in the transaction that did it. Rows are added and never change.';
comment on column audit_events.organization_id is 'Null for what concerns the whole installation.';
comment on column audit_events.network is 'The /24 or /48 of the caller''s address.';
CREATE TRIGGER audit_events_await_their_seal AFTER INSERT ON public.audit_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION await_seal();
CREATE TRIGGER audit_events_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

create table audit_events_unsealed (
  event_id bigint not null,
  constraint audit_events_unsealed_event_exists FOREIGN KEY (event_id) REFERENCES audit_events(id),
  constraint audit_events_unsealed_pk PRIMARY KEY (event_id)
);
comment on table audit_events_unsealed is 'The events that no seal has yet. A trigger adds them, dispatcher takes them out.';

create table audit_seals (
  organization_id uuid,
  seq bigint not null,
  at timestamp with time zone not null,
  event_ids bigint[] not null,
  digests bytea not null,
  prev bytea not null,
  root bytea not null,
  constraint audit_seals_digest_for_each CHECK ((octet_length(digests) = (32 * cardinality(event_ids)))),
  constraint audit_seals_first CHECK (((seq = 1) = (prev = decode(repeat('00'::text, 32), 'hex'::text)))),
  constraint audit_seals_seq_positive CHECK ((seq >= 1)),
  constraint audit_seals_sha256 CHECK (((octet_length(prev) = 32) AND (octet_length(root) = 32))),
  constraint audit_seals_size CHECK (((cardinality(event_ids) >= 1) AND (cardinality(event_ids) <= 500))),
  constraint audit_seals_in_order UNIQUE NULLS NOT DISTINCT (organization_id, seq),
  constraint audit_seals_root_once UNIQUE (root),
  constraint audit_seals_without_forks UNIQUE NULLS NOT DISTINCT (organization_id, prev)
);
comment on table audit_seals is 'A chain for each organization, and one for the installation: root = SHA-256 of prev, the seal''s head and the digests of its events.';
comment on column audit_seals.digests is 'The SHA-256 of each event, in the order of event_ids.';
CREATE TRIGGER audit_seals_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

create table bank_accounts (
  id uuid not null,
  bank_code text not null,
  identity jsonb not null,
  identity_key text not null,
  next_nosso_numero bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  constraint bank_accounts_next_nosso_numero_positive CHECK ((next_nosso_numero >= 1)),
  constraint bank_accounts_pk PRIMARY KEY (id),
  constraint bank_accounts_identity_once UNIQUE (bank_code, identity_key)
);
comment on table bank_accounts is 'What a bank identifies a title by, beside its nosso número. All issuers of the account take numbers from one counter.';
comment on column bank_accounts.identity is 'The fields of issuers.account that name it, without leading zeros.';
comment on column bank_accounts.identity_key is 'The identity as text.';
comment on column bank_accounts.next_nosso_numero is 'The next number that is free. Blocks are taken from here, under a row lock.';
CREATE TRIGGER bank_accounts_are_kept BEFORE DELETE OR TRUNCATE ON public.bank_accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER bank_accounts_keep_their_keys BEFORE UPDATE OF id ON public.bank_accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

create table batches (
  id uuid not null,
  issuer_id uuid not null,
  file_name text not null,
  sha256 text not null,
  bytes bigint not null,
  storage_key text not null,
  profile text not null,
  mode text not null,
  overrides jsonb not null default '{}'::jsonb,
  reading text not null,
  status text not null default 'received'::text,
  failure jsonb,
  dialect jsonb,
  columns jsonb,
  rows_read bigint,
  chunks_total integer,
  received_at timestamp with time zone not null default now(),
  splitting_at timestamp with time zone,
  split_at timestamp with time zone,
  completed_at timestamp with time zone,
  file_removed_at timestamp with time zone,
  chunk_bytes integer,
  first_chunk_bytes integer,
  rejections_blanked_at timestamp with time zone,
  recipients_blanked_at timestamp with time zone,
  debtors_blanked_at timestamp with time zone,
  organization_id uuid not null,
  constraint batches_bytes_positive CHECK ((bytes > 0)),
  constraint batches_completed_only_when_split CHECK (((status <> ALL (ARRAY['completed'::text, 'completed_with_rejections'::text])) OR ((split_at IS NOT NULL) AND (completed_at IS NOT NULL)))),
  constraint batches_failure_explained CHECK (((status = 'failed'::text) = (failure IS NOT NULL))),
  constraint batches_mode_known CHECK ((mode = ANY (ARRAY['process'::text, 'validate'::text]))),
  constraint batches_profile_known CHECK ((profile = ANY (ARRAY['strict'::text, 'spreadsheet'::text, 'lenient'::text]))),
  constraint batches_sha256_is_hex CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint batches_status_known CHECK ((status = ANY (ARRAY['received'::text, 'splitting'::text, 'processing'::text, 'completed'::text, 'completed_with_rejections'::text, 'failed'::text, 'cancelled'::text]))),
  constraint batches_totals_known_once_split CHECK ((((split_at IS NULL) = (rows_read IS NULL)) AND ((split_at IS NULL) = (chunks_total IS NULL)))),
  constraint batches_totals_not_negative CHECK (((rows_read >= 0) AND (chunks_total >= 0))),
  constraint batches_issuer_exists FOREIGN KEY (issuer_id) REFERENCES issuers(id),
  constraint batches_pk PRIMARY KEY (id)
);
CREATE INDEX batches_kept_of_organization ON public.batches USING btree (organization_id) INCLUDE (bytes) WHERE (file_removed_at IS NULL);
CREATE INDEX batches_open ON public.batches USING btree (received_at) WHERE (status = ANY (ARRAY['received'::text, 'splitting'::text, 'processing'::text]));
CREATE INDEX batches_recent ON public.batches USING btree (organization_id, received_at DESC, id);
CREATE UNIQUE INDEX batches_same_file_once ON public.batches USING btree (issuer_id, sha256, reading) WHERE (status <> ALL (ARRAY['failed'::text, 'cancelled'::text]));
CREATE INDEX batches_with_file ON public.batches USING btree (received_at) WHERE (file_removed_at IS NULL);
comment on table batches is 'One uploaded file.';
comment on column batches.overrides is 'What the uploader said of the file: delimiter, encoding, decimal, date, and the mapping of its columns, which may be the issuer''s.';
comment on column batches.reading is 'Mode, profile and overrides as one canonical text: the same bytes read another way are another request.';
comment on column batches.dialect is 'The dialect that was detected.';
comment on column batches.rows_read is 'Records in the file, header and blank lines left out; null until the last byte was seen.';
comment on column batches.file_removed_at is 'When the retention removed the file; null while it is kept.';
comment on column batches.chunk_bytes is 'About how many bytes its chunks have: as the splitter that began with it was told. Null until then.';
comment on column batches.first_chunk_bytes is 'The size its first chunk has and from which the next ones grow to chunk_bytes. Null where all are of that size.';
comment on column batches.rejections_blanked_at is 'When the retention blanked the raw rows and values of its rejections; null while they are kept.';
comment on column batches.recipients_blanked_at is 'When the retention blanked the recipients of its e-mails; null while they are kept.';
comment on column batches.debtors_blanked_at is 'When the retention blanked names, documents and addresses of its debts; null while they are kept.';
comment on column batches.organization_id is 'That of the issuer. A trigger writes it.';
comment on index batches_same_file_once is 'The same bytes read the same way are one batch, also when two uploads race. A failed or cancelled one may be sent again.';
comment on constraint batches_failure_explained on batches is 'A failed batch says why, and only a failed one does.';
comment on constraint batches_totals_known_once_split on batches is 'Rows read and chunks are told together, once, when the whole file has been seen: progress has no denominator before.';
CREATE TRIGGER batches_keep_their_organization BEFORE UPDATE OF organization_id ON public.batches FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();
CREATE TRIGGER batches_take_their_organization BEFORE INSERT ON public.batches FOR EACH ROW EXECUTE FUNCTION take_organization_of_issuer();
CREATE TRIGGER batches_tell_relays AFTER UPDATE OF status ON public.batches FOR EACH ROW WHEN ((new.status = 'processing'::text)) EXECUTE FUNCTION tell_relays('billing_progress');

create table boletos (
  id uuid not null,
  issuer_id uuid not null,
  debt_id bigint not null,
  batch_id uuid not null,
  chunk_no integer not null,
  nosso_numero bigint not null,
  nosso_numero_impresso text not null,
  codigo_barras text not null,
  linha_digitavel text not null,
  status text not null default 'issued'::text,
  issued_on date not null,
  created_at timestamp with time zone not null default now(),
  constraint boletos_codigo_barras_has_44_digits CHECK (((length(codigo_barras) = 44) AND (codigo_barras !~ '[^0-9]'::text))),
  constraint boletos_linha_digitavel_has_47_digits CHECK (((length(linha_digitavel) = 47) AND (linha_digitavel !~ '[^0-9]'::text))),
  constraint boletos_nosso_numero_positive CHECK ((nosso_numero >= 1)),
  constraint boletos_status_known CHECK ((status = ANY (ARRAY['issued'::text, 'registered'::text, 'paid'::text, 'cancelled'::text, 'expired'::text]))),
  constraint boletos_pk PRIMARY KEY (id),
  constraint boletos_nosso_numero_once UNIQUE (issuer_id, nosso_numero),
  constraint boletos_one_per_debt UNIQUE (debt_id)
);
CREATE INDEX boletos_by_chunk ON public.boletos USING btree (batch_id, chunk_no);
comment on table boletos is 'One boleto for each debt. The PDF is a pure function of this row, its debt and its issuer.';
comment on column boletos.id is 'UUIDv7, made in line order: the index grows at its right edge.';
comment on column boletos.debt_id is 'debts.id, not the id the issuer gave.';
comment on column boletos.nosso_numero is 'The sequence number; as the bank prints it: nosso_numero_impresso.';
comment on constraint boletos_nosso_numero_once on boletos is 'Two payments must never look alike to the bank.';
comment on constraint boletos_one_per_debt on boletos is 'However often a chunk is delivered, a debt has one boleto.';

create table chunk_results (
  batch_id uuid not null,
  chunk_no integer not null,
  stage text not null,
  from_line bigint not null,
  to_line bigint,
  rows integer not null,
  accepted integer not null default 0,
  duplicate integer not null default 0,
  rejected integer not null default 0,
  dead integer not null default 0,
  created_at timestamp with time zone not null default now(),
  centavos bigint,
  constraint chunk_results_account_for_every_row CHECK ((rows = (((accepted + duplicate) + rejected) + dead))),
  constraint chunk_results_centavos_are_of_boletos CHECK (((centavos IS NULL) OR ((stage = 'issue'::text) AND (centavos >= 0)))),
  constraint chunk_results_counts_not_negative CHECK (((rows >= 0) AND (accepted >= 0) AND (duplicate >= 0) AND (rejected >= 0) AND (dead >= 0))),
  constraint chunk_results_from_line_positive CHECK ((from_line >= 1)),
  constraint chunk_results_stage_known CHECK ((stage = ANY (ARRAY['validate'::text, 'issue'::text]))),
  constraint chunk_results_chunk_exists FOREIGN KEY (batch_id, chunk_no) REFERENCES chunks(batch_id, chunk_no),
  constraint chunk_results_pk PRIMARY KEY (batch_id, chunk_no, stage, from_line)
);
comment on table chunk_results is 'What became of the rows of a part of a chunk, at one stage. Progress is the sum of these, never a counter.';
comment on column chunk_results.from_line is 'First line the part answers for: a chunk that keeps failing is halved.';
comment on column chunk_results.to_line is 'Last line the part answers for; null is the end of the chunk.';
comment on column chunk_results.centavos is 'Sum of the boletos that were issued; null at the other stage, and where an earlier version wrote the row.';
comment on constraint chunk_results_account_for_every_row on chunk_results is 'The promise of the system: rows = accepted + duplicate + rejected + dead.';
comment on constraint chunk_results_pk on chunk_results is 'A redelivered chunk finds its result: it cannot be counted twice.';
CREATE TRIGGER chunk_results_tell_relays AFTER INSERT ON public.chunk_results REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_relays_of_results();

create table chunks (
  batch_id uuid not null,
  chunk_no integer not null,
  byte_offset bigint not null,
  byte_length integer not null,
  first_line bigint not null,
  rows integer not null,
  released_at timestamp with time zone default now(),
  finished_at timestamp with time zone,
  constraint chunks_byte_length_positive CHECK ((byte_length > 0)),
  constraint chunks_byte_offset_not_negative CHECK ((byte_offset >= 0)),
  constraint chunks_chunk_no_not_negative CHECK ((chunk_no >= 0)),
  constraint chunks_finished_only_when_released CHECK (((finished_at IS NULL) OR (released_at IS NOT NULL))),
  constraint chunks_first_line_positive CHECK ((first_line >= 1)),
  constraint chunks_rows_not_negative CHECK ((rows >= 0)),
  constraint chunks_batch_exists FOREIGN KEY (batch_id) REFERENCES batches(id),
  constraint chunks_pk PRIMARY KEY (batch_id, chunk_no)
);
CREATE INDEX chunks_in_flight ON public.chunks USING btree (batch_id, chunk_no) WHERE ((released_at IS NOT NULL) AND (finished_at IS NULL));
CREATE INDEX chunks_waiting ON public.chunks USING btree (batch_id, chunk_no) WHERE (released_at IS NULL);
comment on table chunks is 'Byte ranges of a file, cut between records.';
comment on column chunks.first_line is 'Physical line of the first record; the first line of the file is 1.';
comment on column chunks.rows is 'Records in the chunk, blank lines left out.';
comment on column chunks.released_at is 'When it was announced to be validated; null while it waits for its turn. The default is for chunks of an earlier version, which announced each as it was cut.';
comment on column chunks.finished_at is 'When the release window saw that its rows had their outcomes, and gave its place to the next. Not progress: null for the last chunks of a batch, and a replay does not take it back.';
CREATE TRIGGER chunks_are_kept BEFORE DELETE OR TRUNCATE ON public.chunks FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER chunks_keep_their_keys BEFORE UPDATE OF batch_id, chunk_no ON public.chunks FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER chunks_tell_relays AFTER INSERT ON public.chunks FOR EACH STATEMENT EXECUTE FUNCTION tell_relays('billing_progress');

create table dead_letter_actions (
  id bigint not null generated always as identity,
  action text not null,
  operator text not null,
  selection jsonb not null,
  per_second integer,
  letters integer not null default 0,
  refusals jsonb not null default '{}'::jsonb,
  started_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  as_of timestamp with time zone not null default now(),
  matched integer,
  refused jsonb not null default '[]'::jsonb,
  progressed_at timestamp with time zone not null default now(),
  organization_id uuid not null default '00000000-0000-4000-8000-000000000001'::uuid,
  constraint dead_letter_actions_action_known CHECK ((action = ANY (ARRAY['replay'::text, 'discard'::text, 'restore'::text]))),
  constraint dead_letter_actions_letters_not_negative CHECK ((letters >= 0)),
  constraint dead_letter_actions_matched_not_negative CHECK ((matched >= 0)),
  constraint dead_letter_actions_operator_not_empty CHECK ((operator <> ''::text)),
  constraint dead_letter_actions_per_second_positive CHECK ((per_second > 0)),
  constraint dead_letter_actions_organization_exists FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint dead_letter_actions_pk PRIMARY KEY (id)
);
CREATE INDEX dead_letter_actions_of_organization ON public.dead_letter_actions USING btree (organization_id, id);
comment on table dead_letter_actions is 'Who did what to which dead letters, and when.';
comment on column dead_letter_actions.operator is 'The X-Operator of the request, or api.';
comment on column dead_letter_actions.selection is 'The ids or the filter that were asked for.';
comment on column dead_letter_actions.letters is 'Letters it was done to, counted in the transactions that did it.';
comment on column dead_letter_actions.refusals is 'Letters that stay as they are, by code, counted in the transactions that found out.';
comment on column dead_letter_actions.finished_at is 'Null while it runs, or when its process died on the way: what it did by then is done.';
comment on column dead_letter_actions.as_of is 'Letters that died after this instant are not its own. The start, unless asked for.';
comment on column dead_letter_actions.matched is 'Letters it is for, counted at its start. Null for an action of a version before this column.';
comment on column dead_letter_actions.refused is 'Some of the letters that stay as they are, with the reason.';
comment on column dead_letter_actions.progressed_at is 'The end of its last page. An action that is not finished and makes no progress has lost its process.';
comment on column dead_letter_actions.organization_id is 'That of the operator. An operator of the platform acts on the letters of all.';
CREATE TRIGGER dead_letter_actions_keep_their_organization BEFORE UPDATE OF organization_id ON public.dead_letter_actions FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();

create table dead_letter_histories (
  dead_letter_id bigint not null,
  action_id bigint not null,
  constraint dead_letter_histories_action_exists FOREIGN KEY (action_id) REFERENCES dead_letter_actions(id),
  constraint dead_letter_histories_letter_exists FOREIGN KEY (dead_letter_id) REFERENCES dead_letters(id) ON DELETE CASCADE,
  constraint dead_letter_histories_pk PRIMARY KEY (dead_letter_id, action_id)
);
comment on table dead_letter_histories is 'The actions that took effect on a dead letter.';

create table dead_letters (
  id bigint not null generated always as identity,
  queue text not null,
  message_id uuid,
  message_name text,
  body bytea not null,
  headers jsonb not null,
  reason text not null,
  error jsonb,
  attempts integer,
  first_failed_at timestamp with time zone,
  batch_id uuid,
  chunk_no integer,
  line bigint,
  status text not null default 'open'::text,
  created_at timestamp with time zone not null default now(),
  fingerprint text not null,
  replayed_as uuid,
  replay_of bigint,
  settled_at timestamp with time zone,
  failure_class text not null default 'unknown'::text,
  organization_id uuid,
  constraint dead_letters_failure_class_known CHECK ((failure_class = ANY (ARRAY['invalid'::text, 'permanent'::text, 'transient'::text, 'throttled'::text, 'unavailable'::text, 'unknown'::text, 'crash'::text]))),
  constraint dead_letters_fingerprint_is_hex CHECK ((fingerprint ~ '^[0-9a-f]{16}$'::text)),
  constraint dead_letters_settled_is_dated CHECK (((status = 'open'::text) = (settled_at IS NULL))),
  constraint dead_letters_status_known CHECK ((status = ANY (ARRAY['open'::text, 'replayed'::text, 'discarded'::text]))),
  constraint dead_letters_pk PRIMARY KEY (id)
);
CREATE INDEX dead_letters_by_batch ON public.dead_letters USING btree (batch_id, id) WHERE (batch_id IS NOT NULL);
CREATE INDEX dead_letters_by_fingerprint ON public.dead_letters USING btree (fingerprint, id);
CREATE INDEX dead_letters_by_row ON public.dead_letters USING btree (batch_id, chunk_no, line) WHERE (line IS NOT NULL);
CREATE INDEX dead_letters_by_status ON public.dead_letters USING btree (status, id);
CREATE UNIQUE INDEX dead_letters_drained_once ON public.dead_letters USING btree (queue, message_id, first_failed_at, sha256(body)) NULLS NOT DISTINCT;
CREATE INDEX dead_letters_of_organization ON public.dead_letters USING btree (organization_id, status, id);
CREATE INDEX dead_letters_replayed_as ON public.dead_letters USING btree (replayed_as) WHERE (replayed_as IS NOT NULL);
CREATE INDEX dead_letters_replays ON public.dead_letters USING btree (replay_of) WHERE (replay_of IS NOT NULL);
CREATE INDEX dead_letters_settled ON public.dead_letters USING btree (settled_at) WHERE (settled_at IS NOT NULL);
comment on table dead_letters is 'Messages nobody could handle, drained from the broker so that they can be listed, replayed and discarded.';
comment on column dead_letters.message_id is 'Null when the message could not be decoded; so are the other facts taken from it.';
comment on column dead_letters.line is 'The guilty row, once it was isolated.';
comment on column dead_letters.fingerprint is 'The same for letters of one queue that died of the same: the reason without its numbers, ids and quoted values, and the class of the error.';
comment on column dead_letters.replayed_as is 'Id of the message that its replay published. Neighbours that were replayed together share it.';
comment on column dead_letters.replay_of is 'The letter whose replay this is: it failed again. That letter may have been purged since.';
comment on column dead_letters.settled_at is 'When it was replayed or discarded; null while it is open.';
comment on column dead_letters.failure_class is 'Of which class its last failure was: docs/reliability.md.';
comment on column dead_letters.organization_id is 'That of the batch. A trigger writes it. Null for a message that names no batch: only the platform sees it.';
comment on index dead_letters_drained_once is 'Draining the same delivery twice stores it once. A replay that fails again has failed first at another time: it is a new row.';
CREATE TRIGGER dead_letters_keep_their_organization BEFORE UPDATE OF organization_id ON public.dead_letters FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();
CREATE TRIGGER dead_letters_take_their_organization BEFORE INSERT ON public.dead_letters FOR EACH ROW EXECUTE FUNCTION take_organization_of_batch();

create table debt_id_repairs (
  debt_id bigint not null,
  issuer_id uuid not null,
  original text not null,
  normal_form text not null,
  outcome text not null,
  constraint debt_id_repairs_outcome_known CHECK ((outcome = ANY (ARRAY['renamed'::text, 'collided'::text]))),
  constraint debt_id_repairs_pk PRIMARY KEY (debt_id)
);
comment on table debt_id_repairs is 'Debts that an earlier version stored under ids that were not in their one form.';
comment on column debt_id_repairs.debt_id is 'debts.id, not the id the issuer gave.';
comment on column debt_id_repairs.original is 'The id under which the debt was stored, printed and e-mailed.';
comment on column debt_id_repairs.outcome is 'renamed: the debt has the normal form now. collided: another debt has it, and this one kept its id.';

create table debtors (
  id bigint not null generated always as identity,
  issuer_id uuid not null,
  document text not null,
  name text not null,
  address jsonb,
  created_at timestamp with time zone not null default now(),
  constraint debtors_document_is_normalised CHECK ((((length(document) >= 1) AND (length(document) <= 14)) AND (document !~ '[^0-9A-Z]'::text))),
  constraint debtors_pk PRIMARY KEY (id),
  constraint debtors_one_per_document UNIQUE (issuer_id, document)
);
comment on table debtors is 'Pagadores: who owes, one for each document an issuer has named.';
CREATE TRIGGER debtors_are_kept BEFORE DELETE OR TRUNCATE ON public.debtors FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

create table debts (
  id bigint not null generated always as identity,
  issuer_id uuid not null,
  debt_id text not null,
  debtor_id bigint not null,
  payer_name text,
  email text not null,
  amount_centavos bigint not null,
  due_date date not null,
  batch_id uuid not null,
  chunk_no integer not null,
  line bigint not null,
  created_at timestamp with time zone not null default now(),
  constraint debts_amount_positive CHECK ((amount_centavos > 0)),
  constraint debts_debt_id_not_empty CHECK ((debt_id <> ''::text)),
  constraint debts_line_positive CHECK ((line >= 1)),
  constraint debts_pk PRIMARY KEY (id),
  constraint debts_one_per_debt_id UNIQUE (issuer_id, debt_id)
);
CREATE INDEX debts_by_chunk_line ON public.debts USING btree (batch_id, chunk_no, line);
comment on table debts is 'One accepted row. It keeps the e-mail of its row: one person may have many.';
comment on column debts.debt_id is 'The id the issuer gave.';
comment on column debts.payer_name is 'The name on this row: the boleto prints what its own row says. Null is the debtor''s, which older versions left out.';
comment on constraint debts_one_per_debt_id on debts is 'A debt id that comes again is a duplicate or a conflict, in whatever file, chunk or order it comes.';
CREATE TRIGGER debts_are_kept BEFORE DELETE OR TRUNCATE ON public.debts FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

create table dry_run_debts (
  batch_id uuid not null,
  debt_id text not null,
  document text not null,
  amount_centavos bigint not null,
  due_date date not null,
  line bigint not null,
  constraint dry_run_debts_batch_exists FOREIGN KEY (batch_id) REFERENCES batches(id),
  constraint dry_run_debts_pk PRIMARY KEY (batch_id, debt_id)
);
comment on table dry_run_debts is 'What a file that is only being validated has said so far, so that duplicates across chunks are seen. Emptied when it completes.';

create table export_parts (
  export_id uuid not null,
  part_no integer not null,
  files integer not null,
  bytes bigint not null,
  storage_key text not null,
  entries jsonb,
  constraint export_parts_counts_not_negative CHECK (((part_no >= 0) AND (files >= 0) AND (bytes >= 0))),
  constraint export_parts_export_exists FOREIGN KEY (export_id) REFERENCES exports(id),
  constraint export_parts_pk PRIMARY KEY (export_id, part_no)
);
comment on table export_parts is 'Pieces of an export that are ready: an interrupted one goes on after the last.';

create table exports (
  id uuid not null,
  batch_id uuid not null,
  format text not null,
  status text not null default 'requested'::text,
  parts_total integer,
  files_total bigint,
  files_done bigint not null default 0,
  bytes bigint,
  storage_key text,
  failure jsonb,
  requested_at timestamp with time zone not null default now(),
  completed_at timestamp with time zone,
  organization_id uuid not null,
  constraint exports_completed_has_a_file CHECK (((status <> 'completed'::text) OR ((storage_key IS NOT NULL) AND (bytes IS NOT NULL) AND (completed_at IS NOT NULL)))),
  constraint exports_counts_not_negative CHECK (((parts_total >= 0) AND (files_total >= 0) AND (files_done >= 0) AND (bytes >= 0))),
  constraint exports_failure_explained CHECK (((status = 'failed'::text) = (failure IS NOT NULL))),
  constraint exports_format_known CHECK ((format = ANY (ARRAY['pdf-zip'::text, 'pdf-merged'::text]))),
  constraint exports_status_known CHECK ((status = ANY (ARRAY['requested'::text, 'running'::text, 'completed'::text, 'failed'::text]))),
  constraint exports_batch_exists FOREIGN KEY (batch_id) REFERENCES batches(id),
  constraint exports_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX exports_one_open ON public.exports USING btree (batch_id, format) WHERE (status <> 'failed'::text);
comment on table exports is 'Files made on request from the boletos of a batch.';
comment on column exports.organization_id is 'That of the batch. A trigger writes it.';
comment on index exports_one_open is 'Asking again while one is being made, or when it is there, answers with that one.';
CREATE TRIGGER exports_keep_their_organization BEFORE UPDATE OF organization_id ON public.exports FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();
CREATE TRIGGER exports_take_their_organization BEFORE INSERT ON public.exports FOR EACH ROW EXECUTE FUNCTION take_organization_of_batch();

create table external_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint external_identities_are_short CHECK (((length(issuer) < 1000) AND (length(subject) < 256))),
  constraint external_identities_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint external_identities_pk PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identities_of_user ON public.external_identities USING btree (user_id);
comment on table external_identities is 'People as an OpenID provider knows them. An e-mail address alone is never one.';

create table inbox (
  queue text not null,
  message_id uuid not null,
  processed_at timestamp with time zone not null default now(),
  constraint inbox_pk PRIMARY KEY (queue, message_id)
);
CREATE INDEX inbox_by_age ON public.inbox USING btree (processed_at);
comment on table inbox is 'Messages whose effects are committed, for each queue.';
comment on constraint inbox_pk on inbox is 'A redelivered message finds its row here, and does nothing.';

create table invitations (
  id uuid not null,
  organization_id uuid not null,
  email text not null,
  role text not null,
  issuer_ids uuid[],
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint invitations_email_is_lower_case CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint invitations_expire CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '30 days'::interval)))),
  constraint invitations_hash_is_sha256 CHECK ((octet_length(token_hash) = 32)),
  constraint invitations_issuers_are_named CHECK (((cardinality(issuer_ids) >= 1) AND (cardinality(issuer_ids) <= 1000))),
  constraint invitations_of_all_issuers CHECK (((role <> ALL (ARRAY['admin'::text, 'platform'::text])) OR (issuer_ids IS NULL))),
  constraint invitations_role_known CHECK ((role = ANY (ARRAY['viewer'::text, 'biller'::text, 'operator'::text, 'admin'::text, 'auditor'::text, 'platform'::text]))),
  constraint invitations_made_by_a_person FOREIGN KEY (created_by) REFERENCES users(id),
  constraint invitations_organization_exists FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint invitations_pk PRIMARY KEY (id),
  constraint invitations_of_one_address UNIQUE (organization_id, email),
  constraint invitations_token_once UNIQUE (token_hash)
);
comment on table invitations is 'People that may join an organization. A row is deleted when it is accepted.';

create table issuer_terms (
  issuer_id uuid not null,
  until timestamp with time zone not null,
  especie text not null,
  instructions jsonb not null,
  fees jsonb not null,
  sacador jsonb,
  constraint issuer_terms_issuer_exists FOREIGN KEY (issuer_id) REFERENCES issuers(id),
  constraint issuer_terms_pk PRIMARY KEY (issuer_id, until)
);
comment on table issuer_terms is 'The terms of an issuer''s boletos that were created before an instant and after the one before it. The present terms are in issuers.';
comment on column issuer_terms.until is 'The updated_at of the change that replaced them.';

create table issuers (
  id uuid not null,
  name text not null,
  document text not null,
  address jsonb not null,
  bank_code text not null,
  account jsonb not null,
  especie text not null default 'DM'::text,
  instructions jsonb not null default '[]'::jsonb,
  fees jsonb not null default '{}'::jsonb,
  registration text not null default 'none'::text,
  next_nosso_numero bigint not null default 1,
  pix jsonb,
  logo bytea,
  sacador jsonb,
  created_at timestamp with time zone not null default now(),
  bank_account_id uuid,
  mapping jsonb,
  version integer not null default 1,
  updated_at timestamp with time zone not null default now(),
  organization_id uuid not null default '00000000-0000-4000-8000-000000000001'::uuid,
  constraint issuers_bank_code_is_compe CHECK ((bank_code ~ '^[0-9]{3}$'::text)),
  constraint issuers_document_is_normalised CHECK ((document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$'::text)),
  constraint issuers_logo_has_bytes CHECK (((octet_length(logo) >= 1) AND (octet_length(logo) <= 65536))),
  constraint issuers_mapping_is_an_object CHECK ((jsonb_typeof(mapping) = 'object'::text)),
  constraint issuers_next_nosso_numero_positive CHECK ((next_nosso_numero >= 1)),
  constraint issuers_registration_known CHECK ((registration = ANY (ARRAY['none'::text, 'bank'::text]))),
  constraint issuers_version_positive CHECK ((version >= 1)),
  constraint issuers_bank_account_exists FOREIGN KEY (bank_account_id) REFERENCES bank_accounts(id),
  constraint issuers_organization_exists FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint issuers_pk PRIMARY KEY (id)
);
CREATE INDEX issuers_of_account ON public.issuers USING btree (bank_account_id);
CREATE INDEX issuers_of_organization ON public.issuers USING btree (organization_id, id);
comment on table issuers is 'Beneficiários: who is owed, with the bank account and convênio their boletos are issued under.';
comment on column issuers.account is 'Bank account without its bank code; each bank says which fields it requires.';
comment on column issuers.next_nosso_numero is 'The first number that was asked for at registration. The counter is the one of the account.';
comment on column issuers.pix is 'Key, merchantName and merchantCity of the static BR Code on each boleto; null for none. Paying it does not settle the boleto.';
comment on column issuers.logo is 'PNG or JPEG, printed on each boleto; null for none.';
comment on column issuers.sacador is 'Name and document of whom the issuer collects for (sacador/avalista); null if for itself.';
comment on column issuers.bank_account_id is 'Follows from bank_code and account; a trigger keeps it.';
comment on column issuers.mapping is 'The titles of the columns of its files, by field, where they are not known ones; null for none. An upload may bring its own.';
comment on column issuers.version is 'Counts the changes, from 1: the ETag. A trigger counts.';
comment on column issuers.updated_at is 'When it was changed last, or registered. A trigger sets it.';
comment on constraint issuers_document_is_normalised on issuers is 'A CPF has 11 digits. A CNPJ has 14 characters; since July 2026 the first 12 may be letters.';
comment on constraint issuers_logo_has_bytes on issuers is 'At most 64 KiB: every PDF of the issuer carries it.';
CREATE TRIGGER issuers_are_kept BEFORE DELETE OR TRUNCATE ON public.issuers FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER issuers_give_no_numbers BEFORE UPDATE OF next_nosso_numero ON public.issuers FOR EACH ROW WHEN (((new.bank_code = old.bank_code) AND (new.account = old.account))) EXECUTE FUNCTION refuse_number_of_issuer();
CREATE TRIGGER issuers_have_their_account BEFORE INSERT OR UPDATE OF bank_code, account ON public.issuers FOR EACH ROW EXECUTE FUNCTION find_bank_account();
CREATE TRIGGER issuers_keep_their_keys BEFORE UPDATE OF id ON public.issuers FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER issuers_keep_their_organization BEFORE UPDATE OF organization_id ON public.issuers FOR EACH ROW WHEN ((old.organization_id IS DISTINCT FROM new.organization_id)) EXECUTE FUNCTION refuse_change_of_organization();
CREATE TRIGGER issuers_note_their_changes BEFORE UPDATE ON public.issuers FOR EACH ROW EXECUTE FUNCTION note_change_of_issuer();

create table login_transactions (
  id_hash bytea not null,
  purpose text not null,
  user_id uuid,
  amr text[] not null default '{}'::text[],
  secret jsonb not null default '{}'::jsonb,
  return_to text,
  expires_at timestamp with time zone not null,
  constraint login_transactions_are_small CHECK ((octet_length((secret)::text) < 4000)),
  constraint login_transactions_hash_is_sha256 CHECK ((octet_length(id_hash) = 32)),
  constraint login_transactions_person_known CHECK (((user_id IS NOT NULL) OR (purpose = ANY (ARRAY['oidc'::text, 'passkey-sign-in'::text])))),
  constraint login_transactions_purpose_known CHECK ((purpose = ANY (ARRAY['second-factor'::text, 'oidc'::text, 'passkey-sign-in'::text, 'passkey-enrolment'::text]))),
  constraint login_transactions_return_to_ours CHECK (((return_to ~~ '/%'::text) AND (return_to !~~ '//%'::text) AND (length(return_to) < 2000))),
  constraint login_transactions_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint login_transactions_pk PRIMARY KEY (id_hash)
);
CREATE INDEX login_transactions_expired ON public.login_transactions USING btree (expires_at);
comment on table login_transactions is 'Sign-ins that are not finished. Each works once, in the browser that began it.';
comment on column login_transactions.secret is 'What the answer must match: a challenge, or state, nonce and verifier.';

create table memberships (
  user_id uuid not null,
  organization_id uuid not null,
  role text not null,
  issuer_ids uuid[],
  status text not null default 'active'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint memberships_issuers_are_named CHECK (((cardinality(issuer_ids) >= 1) AND (cardinality(issuer_ids) <= 1000))),
  constraint memberships_of_all_issuers CHECK (((role <> ALL (ARRAY['admin'::text, 'platform'::text])) OR (issuer_ids IS NULL))),
  constraint memberships_role_known CHECK ((role = ANY (ARRAY['viewer'::text, 'biller'::text, 'operator'::text, 'admin'::text, 'auditor'::text, 'platform'::text]))),
  constraint memberships_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'ended'::text]))),
  constraint memberships_organization_exists FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint memberships_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint memberships_pk PRIMARY KEY (user_id, organization_id)
);
CREATE INDEX memberships_of_organization ON public.memberships USING btree (organization_id, user_id);
comment on table memberships is 'What a person is in an organization.';
comment on column memberships.issuer_ids is 'The issuers that the person sees; null for all of the organization.';
CREATE TRIGGER memberships_are_kept BEFORE DELETE OR TRUNCATE ON public.memberships FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER memberships_keep_an_admin AFTER UPDATE ON public.memberships FOR EACH ROW WHEN (((old.role = 'admin'::text) AND (old.status = 'active'::text) AND ((new.role <> 'admin'::text) OR (new.status <> 'active'::text)))) EXECUTE FUNCTION keep_an_admin();
CREATE TRIGGER memberships_keep_their_keys BEFORE UPDATE OF user_id, organization_id ON public.memberships FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
create table mail_parts (
  id bigint not null generated always as identity,
  organization_id uuid not null,
  batch_id uuid not null,
  chunk_no integer not null,
  from_line bigint not null,
  to_line bigint,
  created_at timestamp with time zone not null default now(),
  constraint mail_parts_pk PRIMARY KEY (id)
);
CREATE INDEX mail_parts_in_turn ON public.mail_parts USING btree (organization_id, id);
CREATE INDEX mail_parts_of_chunk ON public.mail_parts USING btree (batch_id, chunk_no);
comment on table mail_parts is 'Parts with boletos whose e-mails are not all sent, by organization. A hint: messages are what counts.';
comment on column mail_parts.from_line is 'Where the rest begins. It rises from slice to slice.';

create table mail_turns (
  organization_id uuid not null,
  taken_at timestamp with time zone not null,
  constraint mail_turns_pk PRIMARY KEY (organization_id)
);
comment on table mail_turns is 'When e-mails of each organization were last begun: the next turn is that of the oldest.';

create table missing_messages (
  name text not null,
  body jsonb not null,
  batch_id uuid not null,
  missing_since timestamp with time zone not null default now(),
  announcements integer not null default 0,
  announced_at timestamp with time zone,
  recovered_at timestamp with time zone,
  constraint missing_messages_announced_is_dated CHECK (((announcements = 0) = (announced_at IS NULL))),
  constraint missing_messages_announcements_not_negative CHECK ((announcements >= 0)),
  constraint missing_messages_pk PRIMARY KEY (name, body)
);
comment on table missing_messages is 'Messages that must be somewhere, because their work is not done, and were found nowhere: no queue, no retry, no outbox, no dead letter.';
comment on column missing_messages.body is 'What the lost message said, derived from the work that is not done.';
comment on column missing_messages.missing_since is 'Since when each look has missed it.';
comment on column missing_messages.announcements is 'How often it was published again.';
comment on column missing_messages.recovered_at is 'When it was found, or its work done; null while it is missing.';
comment on constraint missing_messages_pk on missing_messages is 'Of relays that look at the same time, one announces.';

create table nosso_numero_blocks (
  batch_id uuid not null,
  chunk_no integer not null,
  from_line bigint not null,
  issuer_id uuid not null,
  first_number bigint not null,
  count integer not null,
  constraint nosso_numero_blocks_count_positive CHECK ((count > 0)),
  constraint nosso_numero_blocks_first_number_positive CHECK ((first_number >= 1)),
  constraint nosso_numero_blocks_from_line_positive CHECK ((from_line >= 1)),
  constraint nosso_numero_blocks_chunk_exists FOREIGN KEY (batch_id, chunk_no) REFERENCES chunks(batch_id, chunk_no),
  constraint nosso_numero_blocks_issuer_exists FOREIGN KEY (issuer_id) REFERENCES issuers(id),
  constraint nosso_numero_blocks_pk PRIMARY KEY (batch_id, chunk_no, from_line),
  constraint nosso_numero_blocks_first_number_once UNIQUE (issuer_id, first_number)
);
comment on table nosso_numero_blocks is 'Numbers taken for a part of a chunk, in a transaction of its own: a redelivery finds its block again, so a crash leaves no gap.';

create table notification_results (
  id bigint not null generated always as identity,
  batch_id uuid not null,
  sent integer not null,
  failed integer not null,
  created_at timestamp with time zone not null default now(),
  constraint notification_results_tell_something CHECK (((sent <> 0) OR (failed <> 0))),
  constraint notification_results_pk PRIMARY KEY (id)
);
CREATE INDEX notification_results_by_batch ON public.notification_results USING btree (batch_id);
comment on table notification_results is 'By how much one statement changed the outcomes of a batch''s e-mails, below zero where it took one back. The triggers of notifications write it in the same transaction, so the sums are what counting would give.';
comment on constraint notification_results_tell_something on notification_results is 'A statement that changes no outcome leaves no row.';

create table notifications (
  boleto_id uuid not null,
  kind text not null,
  batch_id uuid not null,
  recipient text not null,
  status text not null,
  attempts integer not null default 0,
  message_id text,
  last_error jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  claimed_by uuid,
  claimed_until timestamp with time zone,
  constraint notifications_attempts_not_negative CHECK ((attempts >= 0)),
  constraint notifications_claim_ends CHECK (((claimed_by IS NULL) = (claimed_until IS NULL))),
  constraint notifications_failure_explained CHECK (((status <> 'failed'::text) OR (last_error IS NOT NULL))),
  constraint notifications_kind_known CHECK ((kind = 'boleto_issued'::text)),
  constraint notifications_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text]))),
  constraint notifications_boleto_exists FOREIGN KEY (boleto_id) REFERENCES boletos(id),
  constraint notifications_pk PRIMARY KEY (boleto_id, kind),
  constraint notifications_message_id_once UNIQUE (message_id)
);
CREATE INDEX notifications_by_batch ON public.notifications USING btree (batch_id, status);
comment on table notifications is 'One e-mail for each boleto and kind, and what became of it.';
comment on column notifications.message_id is 'Message-ID of the e-mail, the same at every attempt, so that a receiver can drop a repeat; null until the first attempt.';
comment on column notifications.last_error is 'Class, code and message of the last failed attempt.';
comment on column notifications.claimed_by is 'The delivery that sends it; null while nobody does. A name that a delivery gives itself.';
comment on column notifications.claimed_until is 'When another may take it: whoever sends it says again every few seconds that it is at it, unless it died.';
CREATE TRIGGER notifications_deleted AFTER DELETE ON public.notifications REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_notification_results();
CREATE TRIGGER notifications_inserted AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_notification_results();
CREATE TRIGGER notifications_updated AFTER UPDATE ON public.notifications REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_notification_results();

create table organizations (
  id uuid not null,
  name text not null,
  slug text not null,
  status text not null default 'active'::text,
  limits jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  constraint organizations_limits_are_an_object CHECK ((jsonb_typeof(limits) = 'object'::text)),
  constraint organizations_limits_are_positive CHECK ((NOT jsonb_path_exists(limits, '$.*?(@.type() != "number" || @ < 1)'::jsonpath))),
  constraint organizations_name_has_letters CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint organizations_slug_is_plain CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint organizations_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text]))),
  constraint organizations_weight_is_small CHECK ((NOT jsonb_path_exists(limits, '$."releaseWeight"?(@ > 100)'::jsonpath))),
  constraint organizations_pk PRIMARY KEY (id),
  constraint organizations_slug_once UNIQUE (slug)
);
comment on table organizations is 'Companies that bill. Each owns issuers; nobody of one sees anything of another.';
comment on column organizations.limits is 'Limits that differ from the defaults, by the names of libs/contracts/src/http/access/limits.ts.';
CREATE TRIGGER organizations_are_kept BEFORE DELETE OR TRUNCATE ON public.organizations FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER organizations_keep_their_keys BEFORE UPDATE OF id ON public.organizations FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER organizations_tell_of_changes AFTER UPDATE OF status, limits ON public.organizations FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changed_key();

create table outbox (
  id bigint not null generated always as identity,
  message_id uuid not null default gen_random_uuid(),
  name text not null,
  body jsonb not null,
  available_at timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  constraint outbox_pk PRIMARY KEY (id),
  constraint outbox_message_id_once UNIQUE (message_id)
);
CREATE INDEX outbox_due ON public.outbox USING btree (available_at, id);
comment on table outbox is 'Messages to publish: written in the transaction that causes them, deleted once the broker has confirmed.';
CREATE TRIGGER outbox_tells_relays AFTER INSERT ON public.outbox FOR EACH STATEMENT EXECUTE FUNCTION tell_relays('billing_outbox');

create table passkeys (
  id uuid not null,
  user_id uuid not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  constraint passkeys_are_small CHECK (((octet_length(credential_id) <= 1023) AND (octet_length(public_key) <= 4096))),
  constraint passkeys_count_up CHECK ((counter >= 0)),
  constraint passkeys_name_has_letters CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint passkeys_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint passkeys_pk PRIMARY KEY (id),
  constraint passkeys_credential_once UNIQUE (credential_id)
);
CREATE INDEX passkeys_of_user ON public.passkeys USING btree (user_id);
comment on table passkeys is 'Public keys of people''s authenticators.';

create table publisher_blocks (
  relay uuid not null,
  blocked_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  constraint publisher_blocks_seen_since_blocked CHECK ((seen_at >= blocked_at)),
  constraint publisher_blocks_pk PRIMARY KEY (relay)
);
comment on table publisher_blocks is 'Relays from which the broker takes nothing at the moment: a memory or disk alarm.';
comment on column publisher_blocks.relay is 'A name that a process gives itself when it starts.';
comment on column publisher_blocks.seen_at is 'The relay says it again every second; one that died says nothing any more.';

create table recovery_codes (
  user_id uuid not null,
  code_hash bytea not null,
  constraint recovery_codes_hash_is_sha256 CHECK ((octet_length(code_hash) = 32)),
  constraint recovery_codes_user_exists FOREIGN KEY (user_id) REFERENCES users(id),
  constraint recovery_codes_pk PRIMARY KEY (user_id, code_hash)
);
comment on table recovery_codes is 'Codes that replace a lost second factor. A row is deleted when its code is used.';

create table rejections (
  batch_id uuid not null,
  line bigint not null,
  chunk_no integer not null,
  problems jsonb not null,
  raw text not null,
  constraint rejections_explain_themselves CHECK (((jsonb_typeof(problems) = 'array'::text) AND (jsonb_array_length(problems) > 0))),
  constraint rejections_line_positive CHECK ((line >= 1)),
  constraint rejections_chunk_exists FOREIGN KEY (batch_id, chunk_no) REFERENCES chunks(batch_id, chunk_no),
  constraint rejections_pk PRIMARY KEY (batch_id, line)
);
comment on table rejections is 'Rows that cannot become a debt, as they came, each with all its problems.';
comment on constraint rejections_explain_themselves on rejections is 'At least one problem: {field, code, value, message}.';

create table sessions (
  id_hash bytea not null,
  id uuid not null,
  user_id uuid not null,
  organization_id uuid not null,
  created_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  idle_until timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  auth_time timestamp with time zone not null,
  amr text[] not null,
  ip inet,
  agent text,
  constraint sessions_agent_is_short CHECK ((length(agent) <= 200)),
  constraint sessions_end CHECK (((ends_at > created_at) AND (ends_at <= (created_at + '12:00:00'::interval)))),
  constraint sessions_end_when_idle CHECK ((idle_until <= ends_at)),
  constraint sessions_hash_is_sha256 CHECK ((octet_length(id_hash) = 32)),
  constraint sessions_have_a_factor CHECK (((cardinality(amr) >= 1) AND (cardinality(amr) <= 10))),
  constraint sessions_membership_exists FOREIGN KEY (user_id, organization_id) REFERENCES memberships(user_id, organization_id),
  constraint sessions_pk PRIMARY KEY (id_hash),
  constraint sessions_id_once UNIQUE (id)
);
CREATE INDEX sessions_of_user ON public.sessions USING btree (user_id, created_at);
comment on table sessions is 'Browsers in which a person is signed in. A row that is deleted ends the session at once.';
comment on column sessions.id_hash is 'SHA-256 of the token in the cookie.';
comment on column sessions.id is 'What the person ends it by. It opens nothing.';
comment on column sessions.auth_time is 'When the person last proved all factors.';
comment on column sessions.amr is 'How: pwd, otp, rec (a recovery code), hwk (a passkey), oidc, mfa (the provider asked for two).';

create table sign_in_failures (
  account_hash bytea not null,
  failures integer not null,
  wait_until timestamp with time zone not null,
  failed_at timestamp with time zone not null default now(),
  constraint sign_in_failures_counted CHECK ((failures > 0)),
  constraint sign_in_failures_hash_is_sha256 CHECK ((octet_length(account_hash) = 32)),
  constraint sign_in_failures_pk PRIMARY KEY (account_hash)
);
CREATE INDEX sign_in_failures_old ON public.sign_in_failures USING btree (failed_at);
comment on table sign_in_failures is 'Wrong passwords and codes in a row, by the e-mail address that was typed, whether an account has it or not.';

create table stage_breakers (
  stage text not null,
  reason text not null,
  openings integer not null,
  opened_at timestamp with time zone not null default now(),
  probe_at timestamp with time zone not null,
  prober uuid,
  prober_until timestamp with time zone,
  constraint stage_breakers_openings_positive CHECK ((openings > 0)),
  constraint stage_breakers_prober_for_a_while CHECK (((prober IS NULL) = (prober_until IS NULL))),
  constraint stage_breakers_pk PRIMARY KEY (stage)
);
comment on table stage_breakers is 'Stages whose circuit breaker is not closed: a provider is away, and nothing is taken until a probe succeeds. Workers look here every second.';
comment on column stage_breakers.stage is 'The name of its work queue.';
comment on column stage_breakers.reason is 'The last failure that opened it.';
comment on column stage_breakers.openings is '1 when it opened, and one more for each probe that failed.';
comment on column stage_breakers.probe_at is 'From when on one process may let a message through.';
comment on column stage_breakers.prober is 'The process that may: the breaker is half-open.';
comment on column stage_breakers.prober_until is 'When another may, should that one have died.';

create table stage_pauses (
  stage text not null,
  operator text not null,
  reason text,
  paused_at timestamp with time zone not null default now(),
  constraint stage_pauses_operator_not_empty CHECK ((operator <> ''::text)),
  constraint stage_pauses_pk PRIMARY KEY (stage)
);
comment on table stage_pauses is 'Stages that take nothing new until somebody resumes them. Workers look here every second.';
comment on column stage_pauses.stage is 'The name of its work queue.';

create table token_buckets (
  name text not null,
  empty_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint token_buckets_pk PRIMARY KEY (name)
);
comment on table token_buckets is 'What all replicas together may do in a time: a token for each time, taken before.';
comment on column token_buckets.empty_at is 'The bucket holds as many tokens as its rate gives from then until now, at most its burst. Rate and burst are configuration.';

create table users (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text,
  totp_seed bytea,
  totp_confirmed_at timestamp with time zone,
  totp_last_step bigint,
  created_at timestamp with time zone not null default now(),
  constraint users_email_is_lower_case CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint users_name_has_letters CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint users_password_is_scrypt CHECK (((password_hash ~~ '$scrypt$%'::text) AND (length(password_hash) < 200))),
  constraint users_totp_has_a_seed CHECK (((totp_seed IS NOT NULL) OR ((totp_confirmed_at IS NULL) AND (totp_last_step IS NULL)))),
  constraint users_totp_seed_is_small CHECK ((octet_length(totp_seed) < 200)),
  constraint users_pk PRIMARY KEY (id),
  constraint users_email_once UNIQUE (email)
);
comment on table users is 'People that sign in.';
comment on column users.totp_seed is 'Sealed: AES-256-GCM, bound to this row.';
comment on column users.totp_confirmed_at is 'When the first code of the app was right. Before that the factor is not asked for.';
comment on column users.totp_last_step is 'The step of the last code that was taken: a code works once.';

create view part_accounts as
 SELECT r.batch_id,
    r.chunk_no,
    r.stage,
    r.from_line,
    r.to_line,
        CASE
            WHEN at.validating THEN r.rows
            ELSE 0
        END AS validated,
        CASE
            WHEN at.validating THEN r.accepted
            ELSE 0
        END AS to_issue,
        CASE
            WHEN at.issuing THEN r.rows
            ELSE 0
        END AS issuing_done,
        CASE
            WHEN at.issuing THEN r.accepted
            ELSE 0
        END AS boletos,
        CASE
            WHEN at.validating THEN r.accepted
            ELSE (r.accepted - r.rows)
        END AS accepted,
    r.duplicate,
    r.rejected,
    r.dead,
        CASE
            WHEN at.issuing THEN r.centavos
            ELSE NULL::bigint
        END AS centavos,
    (at.issuing AND (r.accepted > 0) AND (r.centavos IS NULL)) AS is_unpriced,
        CASE
            WHEN at.validating THEN r.created_at
            ELSE NULL::timestamp with time zone
        END AS validated_at,
        CASE
            WHEN at.issuing THEN r.created_at
            ELSE NULL::timestamp with time zone
        END AS issued_at
   FROM (chunk_results r
     CROSS JOIN LATERAL ( SELECT (r.stage = 'validate'::text) AS validating,
            (r.stage = 'issue'::text) AS issuing) at);
comment on view part_accounts is 'What each row of chunk_results adds to the account of its chunk and of its batch.';
comment on column part_accounts.to_issue is 'Rows that validating accepted: each must have an outcome at issuing, unless the batch is only validated.';
comment on column part_accounts.accepted is 'Below zero at issuing for rows that it did not accept: they are no longer what validating said. A row is counted once.';

create view chunk_accounts as
 SELECT c.batch_id,
    c.chunk_no,
    c.rows AS read,
    s.validated,
    s.to_issue,
    s.issuing_done,
    s.parts_validated,
    s.accepted,
    s.duplicate,
    s.rejected,
    s.dead,
    ((s.validated = c.rows) AND ((b.mode = 'validate'::text) OR (s.issuing_done = s.to_issue))) AS is_finished
   FROM ((chunks c
     JOIN batches b ON ((b.id = c.batch_id)))
     CROSS JOIN LATERAL ( SELECT COALESCE(sum(p.validated), (0)::bigint) AS validated,
            COALESCE(sum(p.to_issue), (0)::bigint) AS to_issue,
            COALESCE(sum(p.issuing_done), (0)::bigint) AS issuing_done,
            count(p.validated_at) AS parts_validated,
            COALESCE(sum(p.accepted), (0)::bigint) AS accepted,
            COALESCE(sum(p.duplicate), (0)::bigint) AS duplicate,
            COALESCE(sum(p.rejected), (0)::bigint) AS rejected,
            COALESCE(sum(p.dead), (0)::bigint) AS dead
           FROM part_accounts p
          WHERE ((p.batch_id = c.batch_id) AND (p.chunk_no = c.chunk_no))) s);
comment on view chunk_accounts is 'What became of the rows of each chunk up to now. Finished: every row read was validated, and every accepted one issued or dead.';

create view batch_accounts as
 SELECT b.id AS batch_id,
    b.rows_read AS read,
    s.validated,
    s.to_issue,
    s.issuing_done,
    s.boletos,
    s.accepted,
    s.duplicate,
    s.rejected,
    s.dead,
    s.centavos,
    s.unpriced_parts,
    s.validated_at,
    s.issued_at,
    ((b.rows_read = s.validated) AND ((b.mode = 'validate'::text) OR (s.issuing_done = s.to_issue))) AS is_finished
   FROM (batches b
     CROSS JOIN LATERAL ( SELECT COALESCE(sum(p.validated), (0)::bigint) AS validated,
            COALESCE(sum(p.to_issue), (0)::bigint) AS to_issue,
            COALESCE(sum(p.issuing_done), (0)::bigint) AS issuing_done,
            COALESCE(sum(p.boletos), (0)::bigint) AS boletos,
            COALESCE(sum(p.accepted), (0)::bigint) AS accepted,
            COALESCE(sum(p.duplicate), (0)::bigint) AS duplicate,
            COALESCE(sum(p.rejected), (0)::bigint) AS rejected,
            COALESCE(sum(p.dead), (0)::bigint) AS dead,
            COALESCE(sum(p.centavos), (0)::numeric) AS centavos,
            count(*) FILTER (WHERE p.is_unpriced) AS unpriced_parts,
            max(p.validated_at) AS validated_at,
            max(p.issued_at) AS issued_at
           FROM part_accounts p
          WHERE (p.batch_id = b.id)) s);
comment on view batch_accounts is 'The promise: read = accepted + duplicate + rejected + dead, once a batch is finished. Every program that tells one of these reads them here; only test/chaos and test/bench have formulas of their own, as independent witnesses.';
comment on column batch_accounts.read is 'Null until the last byte of the file has been seen.';
comment on column batch_accounts.unpriced_parts is 'Parts whose boletos an earlier version issued without adding them up: then centavos is too low.';
comment on column batch_accounts.is_finished is 'Null until the last byte of the file has been seen.';

CREATE OR REPLACE FUNCTION public.await_seal()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into audit_events_unsealed (event_id) select id from added;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.bank_account_identity(bank_code text, account jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (SELECT COALESCE(jsonb_object_agg(f.f, ltrim((bank_account_identity.account ->> f.f), '0'::text)), '{}'::jsonb) AS "coalesce" FROM unnest(CASE bank_account_identity.bank_code WHEN '001'::text THEN ARRAY['convenio'::text] WHEN '033'::text THEN ARRAY['codigoBeneficiario'::text] WHEN '041'::text THEN ARRAY['agencia'::text, 'codigoBeneficiario'::text] WHEN '077'::text THEN ARRAY['agencia'::text, 'operacao'::text, 'carteira'::text] WHEN '085'::text THEN ARRAY['agencia'::text, 'conta'::text] WHEN '104'::text THEN ARRAY['codigoBeneficiario'::text] WHEN '422'::text THEN ARRAY['agencia'::text, 'conta'::text] WHEN '707'::text THEN ARRAY['agencia'::text, 'operacao'::text, 'carteira'::text] WHEN '748'::text THEN ARRAY['agencia'::text, 'posto'::text, 'codigoBeneficiario'::text] WHEN '756'::text THEN ARRAY['agencia'::text, 'codigoBeneficiario'::text] ELSE ARRAY['agencia'::text, 'conta'::text, 'carteira'::text] END) f(f) WHERE (bank_account_identity.account ? f.f));

CREATE OR REPLACE FUNCTION public.find_bank_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  identity jsonb := bank_account_identity(new.bank_code, new.account);
begin
  -- The first registration makes the account, a later one waits for its commit and goes on with its counter.
  insert into bank_accounts as a (id, bank_code, identity, identity_key, next_nosso_numero)
  values (gen_random_uuid(), new.bank_code, identity, identity::text, greatest(new.next_nosso_numero, 1))
  on conflict (bank_code, identity_key) do update
    set next_nosso_numero = greatest(a.next_nosso_numero, excluded.next_nosso_numero)
  returning a.id into new.bank_account_id;
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION public.keep_an_admin()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- Two admins that leave at the same time would each see the other one. So leaving is done in turn.
  perform pg_advisory_xact_lock(hashtextextended('admins of ' || old.organization_id, 0));
  if not exists (select from memberships
                 where organization_id = old.organization_id and role = 'admin' and status = 'active') then
    raise exception 'the last admin of an organization cannot leave'
      using errcode = 'unique_violation', constraint = 'memberships_keep_an_admin';
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.note_change_of_issuer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.version := old.version + 1;
  new.updated_at := clock_timestamp();
  if (old.especie, old.instructions, old.fees, old.sacador)
    is distinct from (new.especie, new.instructions, new.fees, new.sacador) then
    insert into issuer_terms (issuer_id, until, especie, instructions, fees, sacador)
    values (old.id, new.updated_at, old.especie, old.instructions, old.fees, old.sacador);
  end if;
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION public.record_notification_results()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into notification_results (batch_id, sent, failed)
    select batch_id, count(*) filter (where status = 'sent'), count(*) filter (where status = 'failed')
    from new_rows
    where status in ('sent', 'failed')
    group by batch_id;
  elsif tg_op = 'UPDATE' then
    insert into notification_results (batch_id, sent, failed)
    select batch_id, sum(sent), sum(failed)
    from (
      select batch_id, (status = 'sent')::int as sent, (status = 'failed')::int as failed from new_rows
      union all
      select batch_id, -(status = 'sent')::int, -(status = 'failed')::int from old_rows
    ) changes
    group by batch_id
    having sum(sent) <> 0 or sum(failed) <> 0;
  else
    insert into notification_results (batch_id, sent, failed)
    select batch_id, -count(*) filter (where status = 'sent'), -count(*) filter (where status = 'failed')
    from old_rows
    where status in ('sent', 'failed')
    group by batch_id;
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_change_of_audit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% keeps its rows as they are', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_change_of_organization()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the organization of a row of % cannot change', tg_table_name using errcode = 'restrict_violation';
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_number_of_issuer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'nossos números are taken from bank_accounts: run the boleto-generator of this version'
    using errcode = 'serialization_failure';
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_removal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% are kept: debts and boletos refer to them', tg_table_name using errcode = 'foreign_key_violation';
end $function$;

CREATE OR REPLACE FUNCTION public.take_organization_of_batch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.organization_id := (select organization_id from batches where id = new.batch_id);
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_organization_of_issuer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.organization_id := (select organization_id from issuers where id = new.issuer_id);
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION public.tell_of_changed_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('billing_keys', '');
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.tell_relays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify(tg_argv[0], '');
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.tell_relays_of_results()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
begin
  if exists (
    select from new_rows r
    join batches b on b.id = r.batch_id
    where r.stage = 'issue' or r.accepted = 0 or b.mode = 'validate'
  ) then
    perform pg_notify('billing_progress', '');
  end if;
  return null;
end
$function$;
