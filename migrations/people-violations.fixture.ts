import type { Writer } from '#testing';

type Values = Readonly<Record<string, string>>;

const DEFAULT_ORGANIZATION = `'00000000-0000-4000-8000-000000000001'`;
const TOKEN_HASH = `sha256(gen_random_uuid()::text::bytea)`;

/** Good rows, as SQL. `user` is the id of a person that is a member of the default organization. */
const rows: Readonly<Record<string, (user: string) => Values>> = {
  users: () => ({ id: 'gen_random_uuid()', email: `gen_random_uuid() || '@example.com'`, name: `'Ana'` }),
  memberships: (user) => ({ user_id: user, organization_id: DEFAULT_ORGANIZATION, role: `'viewer'` }),
  external_identities: (user) => ({ issuer: `'https://id.example'`, subject: 'gen_random_uuid()', user_id: user }),
  passkeys: (user) => ({
    id: 'gen_random_uuid()',
    user_id: user,
    credential_id: TOKEN_HASH,
    public_key: `'key'`,
    counter: '0',
    transports: `'{}'`,
    name: `'phone'`,
  }),
  recovery_codes: (user) => ({ user_id: user, code_hash: TOKEN_HASH }),
  sessions: (user) => ({
    id_hash: TOKEN_HASH,
    id: 'gen_random_uuid()',
    user_id: user,
    organization_id: DEFAULT_ORGANIZATION,
    idle_until: `now() + interval '30 minutes'`,
    ends_at: `now() + interval '12 hours'`,
    auth_time: 'now()',
    amr: `'{pwd}'`,
  }),
  login_transactions: () => ({ id_hash: TOKEN_HASH, purpose: `'oidc'`, expires_at: `now() + interval '10 minutes'` }),
  sign_in_failures: () => ({ account_hash: TOKEN_HASH, failures: '1', wait_until: 'now()' }),
  invitations: (user) => ({
    id: 'gen_random_uuid()',
    organization_id: DEFAULT_ORGANIZATION,
    email: `gen_random_uuid() || '@example.com'`,
    role: `'viewer'`,
    token_hash: TOKEN_HASH,
    created_by: user,
    expires_at: `now() + interval '7 days'`,
  }),
  account_links: () => ({ token_hash: TOKEN_HASH, purpose: `'setup'`, expires_at: `now() + interval '1 day'` }),
};

async function insert(tx: Writer, table: string, values: Values): Promise<unknown> {
  return tx.query(
    `insert into ${table} (${Object.keys(values).join(', ')}) values (${Object.values(values).join(', ')})`,
  );
}

/** A row of the table with these values instead of good ones. */
function broken(table: string, values: Values) {
  return async (tx: Writer): Promise<unknown> => {
    const id = `'${crypto.randomUUID()}'`;
    await insert(tx, 'users', { ...rows['users']?.(id), id });
    if (table !== 'memberships') await insert(tx, 'memberships', { ...rows['memberships']?.(id) });
    return insert(tx, table, { ...rows[table]?.(id), ...values });
  };
}

function twice(table: string, values: Values) {
  return async (tx: Writer): Promise<unknown> => {
    await broken(table, values)(tx);
    return broken(table, values)(tx);
  };
}

const A_USER = '(select id from users limit 1)';
const LONG = `repeat('x', 300)`;

/** For each constraint of people's tables, a row that breaks it and nothing else. */
export const violationsByPeople = {
  users_email_once: twice('users', { email: `'ana@example.com'` }),
  users_email_is_lower_case: broken('users', { email: `'Ana@example.com'` }),
  users_name_has_letters: broken('users', { name: `''` }),
  users_password_is_scrypt: broken('users', { password_hash: `'secret'` }),
  users_totp_has_a_seed: broken('users', { totp_confirmed_at: 'now()' }),
  users_totp_seed_is_small: broken('users', { totp_seed: `${LONG}::bytea` }),
  memberships_role_known: broken('memberships', { role: `'owner'` }),
  memberships_status_known: broken('memberships', { status: `'away'` }),
  memberships_issuers_are_named: broken('memberships', { issuer_ids: `'{}'` }),
  memberships_of_all_issuers: broken('memberships', { role: `'admin'`, issuer_ids: 'array[gen_random_uuid()]' }),
  external_identities_are_short: broken('external_identities', { subject: LONG }),
  passkeys_credential_once: twice('passkeys', { credential_id: `'1'` }),
  passkeys_name_has_letters: broken('passkeys', { name: `''` }),
  passkeys_are_small: broken('passkeys', { public_key: `repeat('x', 5000)::bytea` }),
  passkeys_count_up: broken('passkeys', { counter: '-1' }),
  recovery_codes_hash_is_sha256: broken('recovery_codes', { code_hash: `'1'` }),
  sessions_id_once: twice('sessions', { id: DEFAULT_ORGANIZATION }),
  sessions_hash_is_sha256: broken('sessions', { id_hash: `'1'` }),
  sessions_end: broken('sessions', { ends_at: `now() + interval '13 hours'` }),
  sessions_end_when_idle: broken('sessions', { idle_until: `now() + interval '13 hours'` }),
  sessions_have_a_factor: broken('sessions', { amr: `'{}'` }),
  sessions_agent_is_short: broken('sessions', { agent: LONG }),
  login_transactions_hash_is_sha256: broken('login_transactions', { id_hash: `'1'` }),
  login_transactions_purpose_known: broken('login_transactions', { purpose: `'theft'`, user_id: A_USER }),
  login_transactions_person_known: broken('login_transactions', { purpose: `'second-factor'` }),
  login_transactions_return_to_ours: broken('login_transactions', { return_to: `'//evil.example'` }),
  login_transactions_are_small: broken('login_transactions', { secret: `to_jsonb(repeat('x', 5000))` }),
  sign_in_failures_hash_is_sha256: broken('sign_in_failures', { account_hash: `'1'` }),
  sign_in_failures_counted: broken('sign_in_failures', { failures: '0' }),
  invitations_token_once: twice('invitations', { token_hash: `sha256('1')` }),
  invitations_of_one_address: twice('invitations', { email: `'ana@example.com'` }),
  invitations_hash_is_sha256: broken('invitations', { token_hash: `'1'` }),
  invitations_email_is_lower_case: broken('invitations', { email: `'Ana@example.com'` }),
  invitations_role_known: broken('invitations', { role: `'owner'` }),
  invitations_issuers_are_named: broken('invitations', { issuer_ids: `'{}'` }),
  invitations_of_all_issuers: broken('invitations', { role: `'admin'`, issuer_ids: 'array[gen_random_uuid()]' }),
  invitations_expire: broken('invitations', { expires_at: `now() + interval '31 days'` }),
  account_links_hash_is_sha256: broken('account_links', { token_hash: `'1'` }),
  account_links_purpose_known: broken('account_links', { purpose: `'theft'`, user_id: A_USER }),
  account_links_person_known: broken('account_links', { purpose: `'password-reset'` }),
};
