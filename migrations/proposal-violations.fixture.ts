import type { Writer } from '#testing';

/** A proposal of the default organization with other values in some columns, each as SQL. */
function proposal(tx: Writer, values: Readonly<Record<string, string>>): Promise<unknown> {
  const columns = {
    id: 'gen_random_uuid()',
    organization_id: `(select id from organizations where slug = 'default')`,
    request: `'{}'`,
    proposed_by: PROPOSER,
    proposer: `'Ana'`,
    ...values,
  };
  return tx.query(
    `insert into issuer_proposals (${Object.keys(columns).join(', ')}) values (${Object.values(columns).join(', ')})`,
  );
}

const PROPOSER = `'00000000-0000-4000-8000-0000000000a1'`;
const decided = (by: string) => ({ decision: `'approved'`, decided_by: by, decider: `'Ana'`, decided_at: 'now()' });

/** A row for each constraint of proposals that breaks it. */
export const violationsByProposals: Record<string, (tx: Writer) => Promise<unknown>> = {
  issuer_proposals_request_is_an_object: (tx) => proposal(tx, { request: `'[]'` }),
  issuer_proposals_decision_known: (tx) => proposal(tx, { ...decided('gen_random_uuid()'), decision: `'forgotten'` }),
  issuer_proposals_decided_whole: (tx) => proposal(tx, { decision: `'refused'` }),
  issuer_proposals_approved_by_another: (tx) => proposal(tx, decided(PROPOSER)),
  issuer_proposals_reason_is_short: (tx) => proposal(tx, { reason: `''` }),
};
