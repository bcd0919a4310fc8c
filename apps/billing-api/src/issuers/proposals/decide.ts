import type { TenantTx } from '#access';
import { recordAudit } from '#audit';
import { issuerChange, issuerRequest } from '#contracts/http';
import { notFound, ProblemError } from '#http';
import { findIssuer } from '../issuer.queries.ts';
import { changeIssuer, registerIssuer, type IssuerAct } from '../register-issuer.ts';
import { decideProposal, lockProposal } from './proposal.queries.ts';
import { proposerOf } from './propose.ts';

type LockedProposal = NonNullable<Awaited<ReturnType<typeof lockProposal>>>;

/**
 * Does what another person proposed, and returns the id of the issuer.
 * @throws ProblemError PROPOSAL_NOT_FOUND, PROPOSAL_DECIDED, APPROVAL_BY_SAME_PERSON, PROPOSAL_OUTDATED, or what
 *   refuses the request itself
 */
export async function approve(tx: TenantTx, id: string, act: IssuerAct): Promise<string> {
  const proposal = await lockOpen(tx, id);
  const by = proposerOf(act.caller);
  if (proposal.proposed_by === by.id) throw bySamePerson();
  const issuerId = await carryOut(tx, proposal, { ...act, proposalId: id });
  await decideProposal(tx, { id, decision: 'approved', by, issuerId });
  return issuerId;
}

/** Refuses a proposal, which may be the caller's own. */
export async function refuse(
  tx: TenantTx,
  { id, reason }: { readonly id: string; readonly reason: string },
  { caller, actor }: Pick<IssuerAct, 'caller' | 'actor'>,
): Promise<void> {
  await lockOpen(tx, id);
  await decideProposal(tx, { id, decision: 'refused', by: proposerOf(caller), reason });
  await recordAudit(tx, actor, { action: 'issuer.refused', target: { kind: 'proposal', id }, details: {} });
}

async function lockOpen(tx: TenantTx, id: string): Promise<LockedProposal> {
  const proposal = await lockProposal(tx, id);
  if (proposal === undefined) throw notFound('proposal', id);
  if (proposal.decision !== null) throw decided(proposal.decision);
  return proposal;
}

async function carryOut(tx: TenantTx, proposal: LockedProposal, act: IssuerAct): Promise<string> {
  const { issuer_id: issuerId, issuer_version: version, request } = proposal;
  if (issuerId === null) return registerIssuer(tx, issuerRequest.parse(request), act);
  const stored = await findIssuer(tx, issuerId);
  if (stored === undefined || stored.version !== version) throw outdated();
  await changeIssuer(tx, { stored, change: issuerChange.parse(request) }, act);
  return issuerId;
}

function bySamePerson(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'APPROVAL_BY_SAME_PERSON',
    title: 'Another person must approve it',
    detail: 'You proposed this, or your key did. Ask another person that has the permission issuers:approve.',
  });
}

function decided(decision: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'PROPOSAL_DECIDED',
    title: 'The proposal was decided already',
    detail: `It was ${decision}. Send the request again to propose it anew.`,
  });
}

function outdated(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'PROPOSAL_OUTDATED',
    title: 'The issuer has changed since this was proposed',
    detail: 'Refuse the proposal, look at the issuer as it is now, and send the change again.',
  });
}
