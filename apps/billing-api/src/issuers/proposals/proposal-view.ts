import type { ProposalView } from '#contracts/http';
import type { Proposal } from './proposal.queries.ts';

export function proposalView(proposal: Proposal, baseUrl: string): ProposalView {
  const self = `${baseUrl}/v1/issuer-proposals/${proposal.id}`;
  return {
    id: proposal.id,
    status: proposal.decision ?? 'proposed',
    kind: proposal.issuer_version === null ? 'create' : 'change',
    issuerId: proposal.issuer_id,
    request: proposal.request,
    proposedBy: proposal.proposer,
    proposedAt: proposal.proposed_at.toISOString(),
    decidedBy: proposal.decider,
    decidedAt: proposal.decided_at?.toISOString() ?? null,
    reason: proposal.reason,
    links: { self, approve: `${self}/approve`, refuse: `${self}/refuse` },
  };
}
