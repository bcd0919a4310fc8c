/**
 * The verbs that an app may use on a table, a view or a sequence. `update` names the columns. A row lock (`for update`,
 * `for key share`) needs the update of one column: where nothing else is updated, it is the key, which never changes.
 */
export interface TableGrants {
  readonly select?: true;
  readonly insert?: true;
  readonly update?: readonly string[];
  readonly delete?: true;
  /** Takes numbers from a sequence. An identity column takes its own without this. */
  readonly usage?: true;
}

/** The grants of one role, with the name of the table, view or sequence as key. */
export type Grants = Readonly<Record<string, TableGrants>>;

/** The apps that connect to the database. */
export const databaseApps = [
  'upload-api',
  'billing-api',
  'file-splitter',
  'chunk-validator',
  'boleto-generator',
  'notifier',
  'dispatcher',
] as const;

export type DatabaseApp = (typeof databaseApps)[number];

/** Every app looks at its start whether the schema is as new as it is. */
const EVERY_APP = {
  schema_migrations: { select: true },
} as const satisfies Grants;

/**
 * An API finds its caller, keeps what the caller did, and takes no work while too much waits to be published.
 */
const EVERY_API = {
  ...EVERY_APP,
  api_keys: { select: true, update: ['last_used_at', 'last_used_ip'] },
  outbox: { select: true, insert: true },
  publisher_blocks: { select: true },
  token_buckets: { select: true, insert: true, update: ['empty_at'] },
} as const satisfies Grants;

const EVERY_WORKER = {
  ...EVERY_APP,
  stage_breakers: {
    select: true,
    insert: true,
    update: ['openings', 'probe_at', 'prober', 'prober_until', 'reason'],
    delete: true,
  },
  stage_pauses: { select: true },
} as const satisfies Grants;

/**
 * The grants of each app, exactly. `migrate` grants them and revokes everything else. A test derives
 * the same from the statements that the app can run (test/grants/grants.int.spec.ts), and its failure says which entry
 * is missing or not needed.
 */
export const appGrants = {
  'upload-api': {
    ...EVERY_API,
    audit_events: { insert: true },
    batches: { select: true, insert: true },
    external_identities: { select: true },
    issuers: { select: true },
    memberships: { select: true },
    organizations: { select: true },
    passkeys: { select: true },
    sessions: { select: true, update: ['idle_until', 'seen_at'] },
    users: { select: true },
  },
  'billing-api': {
    ...EVERY_API,
    account_links: { select: true, insert: true, delete: true },
    api_keys: {
      select: true,
      insert: true,
      update: ['expires_at', 'last_used_at', 'last_used_ip', 'revoked_at', 'revoked_by'],
    },
    audit_events: { select: true, insert: true },
    audit_seals: { select: true },
    bank_accounts: { select: true, insert: true, update: ['next_nosso_numero'] },
    batch_accounts: { select: true },
    batches: { select: true, update: ['completed_at', 'failure', 'status'] },
    boletos: { select: true },
    chunk_accounts: { select: true },
    chunk_results: { select: true, delete: true },
    chunks: { select: true },
    dead_letter_actions: {
      select: true,
      insert: true,
      update: ['finished_at', 'letters', 'progressed_at', 'refusals', 'refused'],
    },
    dead_letter_histories: { select: true, insert: true },
    dead_letters: { select: true, update: ['replayed_as', 'settled_at', 'status'] },
    debtors: { select: true },
    debts: { select: true },
    export_parts: { select: true },
    exports: { select: true, insert: true, update: ['failure', 'files_done', 'files_total', 'parts_total', 'status'] },
    external_identities: { select: true, insert: true },
    inbox: { insert: true },
    invitations: {
      select: true,
      insert: true,
      update: ['created_at', 'created_by', 'expires_at', 'issuer_ids', 'role', 'token_hash'],
      delete: true,
    },
    issuer_proposals: {
      select: true,
      insert: true,
      update: ['decided_at', 'decided_by', 'decider', 'decision', 'issuer_id', 'reason'],
    },
    issuer_terms: { select: true, insert: true },
    issuers: {
      select: true,
      insert: true,
      update: [
        'account',
        'address',
        'bank_code',
        'document',
        'especie',
        'fees',
        'instructions',
        'logo',
        'mapping',
        'name',
        'next_nosso_numero',
        'pix',
        'registration',
        'sacador',
      ],
    },
    login_transactions: { select: true, insert: true, update: ['id_hash'], delete: true },
    memberships: { select: true, insert: true, update: ['issuer_ids', 'role', 'status', 'updated_at'] },
    missing_messages: { select: true },
    notification_results: { select: true, insert: true },
    notifications: { select: true, update: ['attempts', 'status', 'updated_at'] },
    organizations: { select: true, insert: true, update: ['limits', 'name', 'status'] },
    part_accounts: { select: true },
    passkeys: { select: true, insert: true, update: ['counter', 'last_used_at'], delete: true },
    recovery_codes: { select: true, insert: true, delete: true },
    rejections: { select: true },
    sessions: {
      select: true,
      insert: true,
      update: ['amr', 'auth_time', 'id_hash', 'idle_until', 'organization_id', 'seen_at'],
      delete: true,
    },
    sign_in_failures: { select: true, insert: true, update: ['failed_at', 'failures', 'wait_until'], delete: true },
    stage_breakers: { select: true },
    stage_pauses: { select: true, insert: true, delete: true },
    users: {
      select: true,
      insert: true,
      update: ['password_hash', 'totp_confirmed_at', 'totp_last_step', 'totp_seed'],
    },
  },
  'file-splitter': {
    ...EVERY_WORKER,
    batches: {
      select: true,
      update: [
        'chunk_bytes',
        'chunks_total',
        'columns',
        'dialect',
        'failure',
        'first_chunk_bytes',
        'rows_read',
        'split_at',
        'splitting_at',
        'status',
      ],
    },
    chunks: { select: true, insert: true },
    inbox: { select: true, insert: true },
    organizations: { select: true },
    outbox: { insert: true },
  },
  'chunk-validator': {
    ...EVERY_WORKER,
    batches: { select: true, update: ['id'] },
    boletos: { select: true },
    chunk_results: { select: true, insert: true },
    chunks: { select: true, update: ['batch_id'] },
    debtors: { select: true, insert: true },
    debtors_id_seq: { usage: true },
    debts: { select: true, insert: true, update: ['batch_id', 'chunk_no', 'email', 'line', 'payer_name'] },
    debts_id_seq: { usage: true },
    dry_run_debts: { select: true, insert: true },
    inbox: { select: true, insert: true },
    issuers: { select: true },
    outbox: { insert: true },
    rejections: { insert: true },
  },
  'boleto-generator': {
    ...EVERY_WORKER,
    bank_accounts: { select: true, update: ['next_nosso_numero'] },
    batches: { select: true, update: ['id'] },
    boletos: { select: true, insert: true },
    chunk_results: { select: true, insert: true },
    chunks: { select: true, update: ['batch_id'] },
    debtors: { select: true },
    debts: { select: true },
    export_parts: { select: true, insert: true, update: ['bytes', 'entries', 'files', 'storage_key'], delete: true },
    exports: {
      select: true,
      update: ['bytes', 'completed_at', 'files_done', 'files_total', 'parts_total', 'status', 'storage_key'],
    },
    inbox: { select: true, insert: true },
    issuer_terms: { select: true },
    issuers: { select: true },
    mail_parts: { insert: true },
    nosso_numero_blocks: { select: true, insert: true, update: ['count', 'first_number'] },
    outbox: { insert: true },
  },
  notifier: {
    ...EVERY_WORKER,
    batches: { select: true },
    boletos: { select: true },
    debtors: { select: true },
    debts: { select: true },
    inbox: { select: true, insert: true },
    issuer_terms: { select: true },
    issuers: { select: true },
    mail_parts: { select: true, update: ['from_line'], delete: true },
    mail_turns: { select: true, insert: true, update: ['taken_at'], delete: true },
    notification_results: { insert: true },
    notifications: {
      select: true,
      insert: true,
      update: ['attempts', 'claimed_by', 'claimed_until', 'last_error', 'message_id', 'status', 'updated_at'],
    },
    organizations: { select: true },
    outbox: { insert: true },
    token_buckets: { select: true, insert: true, update: ['empty_at'] },
  },
  dispatcher: {
    ...EVERY_WORKER,
    api_keys: { select: true },
    audit_events: { select: true, insert: true },
    audit_events_unsealed: { select: true, delete: true },
    audit_seals: { select: true, insert: true },
    batch_accounts: { select: true },
    batches: {
      select: true,
      update: [
        'completed_at',
        'debtors_blanked_at',
        'failure',
        'file_removed_at',
        'recipients_blanked_at',
        'rejections_blanked_at',
        'status',
      ],
    },
    boletos: { select: true },
    chunk_accounts: { select: true },
    chunk_results: { select: true, insert: true },
    chunks: { select: true, update: ['finished_at', 'released_at'] },
    dead_letters: { select: true, insert: true, update: ['id'], delete: true },
    debtors: { select: true, update: ['address', 'document', 'name'] },
    debts: { select: true, update: ['email', 'payer_name'] },
    dry_run_debts: { select: true, delete: true },
    export_parts: { select: true, delete: true },
    exports: { select: true, update: ['failure', 'status'], delete: true },
    inbox: { select: true, insert: true, update: ['queue'], delete: true },
    issuers: { select: true, update: ['id'] },
    mail_parts: { select: true, delete: true },
    missing_messages: {
      select: true,
      insert: true,
      update: ['announced_at', 'announcements', 'missing_since', 'recovered_at'],
      delete: true,
    },
    notification_results: { select: true, insert: true },
    notifications: { select: true, insert: true, update: ['last_error', 'recipient', 'status', 'updated_at'] },
    organizations: { select: true },
    outbox: { select: true, insert: true, update: ['available_at'], delete: true },
    part_accounts: { select: true },
    publisher_blocks: { select: true, insert: true, update: ['seen_at'], delete: true },
    rejections: { select: true, update: ['problems', 'raw'] },
    token_buckets: { select: true, update: ['name'], delete: true },
  },
} as const satisfies Record<DatabaseApp, Grants>;

/** Tables that the role for reports may not read: they hold the proofs of callers. */
export const secretTables: readonly string[] = [
  'account_links',
  'api_keys',
  'invitations',
  'login_transactions',
  'recovery_codes',
  'sessions',
  'sign_in_failures',
  'users',
];

/** The apps that act for one caller at a time. */
export const httpApps: ReadonlySet<DatabaseApp> = new Set(['upload-api', 'billing-api']);
/** The role that an app connects as: `billing_upload_api`. */
export function roleOf(app: DatabaseApp): string {
  return `billing_${app.replaceAll('-', '_')}`;
}
