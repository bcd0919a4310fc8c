import { randomUUID } from 'node:crypto';
import type { Principal, TenantTx } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { findProposal, insertProposal, type Proposal, type ProposedChange, type Proposer } from './proposal.queries.ts';

/** The person behind a caller. That person must not decide on what the caller has proposed. */
export function proposerOf({ id, name, madeBy }: Principal): Proposer {
  return { id: madeBy ?? id, name };
}

/** Keeps a request of an issuer until a second person decides. `change` is undefined for a new issuer. */
export async function propose(
  tx: TenantTx,
  { caller, actor }: { readonly caller: Principal; readonly actor: AuditActor },
  { request, change }: { readonly request: object; readonly change?: ProposedChange },
): Promise<Proposal> {
  const id = randomUUID();
  await insertProposal(tx, { id, change, request, by: proposerOf(caller) });
  const details = { fields: Object.keys(request), ...(change === undefined ? {} : { issuerId: change.issuerId }) };
  await recordAudit(tx, actor, { action: 'issuer.proposed', target: { kind: 'proposal', id }, details });
  const proposal = await findProposal(tx, id);
  if (proposal === undefined) throw new Error('the proposal was not kept');
  return proposal;
}
