import type { Writer } from '#testing';

/** An event of the audit with other values in some columns, each as SQL. */
function event(tx: Writer, values: Readonly<Record<string, string>>): Promise<unknown> {
  const columns = { actor_kind: `'system'`, action: `'stage.paused'`, outcome: `'ok'`, details: `'{}'`, ...values };
  return tx.query(
    `insert into audit_events (${Object.keys(columns).join(', ')}) values (${Object.values(columns).join(', ')})`,
  );
}

const ZEROS = `decode(repeat('00', 32), 'hex')`;
const bytes = (digits: string) => `decode(repeat('${digits}', 32), 'hex')`;

/** A first seal of one event with other values in some columns, each as SQL. */
function seal(tx: Writer, values: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const columns = {
    seq: '1',
    at: 'now()',
    event_ids: 'array[1]',
    digests: bytes('01'),
    prev: ZEROS,
    root: bytes('02'),
    ...values,
  };
  return tx.query(
    `insert into audit_seals (${Object.keys(columns).join(', ')}) values (${Object.values(columns).join(', ')})`,
  );
}

/** A row for each constraint of the audit that breaks it. */
export const auditViolations: Readonly<Record<string, (tx: Writer) => Promise<unknown>>> = {
  audit_events_actor_known: (tx) => event(tx, { actor_kind: `'robot'`, actor_id: 'gen_random_uuid()' }),
  audit_events_actor_named: (tx) => event(tx, { actor_kind: `'key'` }),
  audit_events_action_named: (tx) => event(tx, { action: `'Maria paid'` }),
  audit_events_target_whole: (tx) => event(tx, { target_kind: `'stage'` }),
  audit_events_texts_short: (tx) => event(tx, { request_id: `repeat('x', 65)` }),
  audit_events_network_cut: (tx) => event(tx, { network: `'203.0.113.7/32'` }),
  audit_events_outcome_known: (tx) => event(tx, { outcome: `'perhaps'` }),
  audit_events_details_small: (tx) => event(tx, { details: `jsonb_build_object('x', repeat('x', 4096))` }),
  audit_seals_in_order: async (tx) => {
    await seal(tx);
    return seal(tx, { root: bytes('03') });
  },
  audit_seals_without_forks: async (tx) => {
    await seal(tx);
    await seal(tx, { seq: '2', prev: bytes('02'), root: bytes('03') });
    return seal(tx, { seq: '3', prev: bytes('02'), root: bytes('04') });
  },
  audit_seals_root_once: async (tx) => {
    await seal(tx);
    return seal(tx, { organization_id: 'gen_random_uuid()' });
  },
  audit_seals_seq_positive: (tx) => seal(tx, { seq: '0', prev: bytes('02') }),
  audit_seals_first: (tx) => seal(tx, { seq: '2' }),
  audit_seals_size: (tx) => seal(tx, { event_ids: `'{}'`, digests: `''` }),
  audit_seals_digest_for_each: (tx) => seal(tx, { event_ids: 'array[1, 2]' }),
  audit_seals_sha256: (tx) => seal(tx, { root: `'\\x02'` }),
};
