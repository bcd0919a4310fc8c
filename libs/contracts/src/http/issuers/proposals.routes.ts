import { z } from 'zod';
import { pageOf, pageQuery } from '../page.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import { oneLine } from '../texts.ts';

const REASON_CHARS_MAX = 200;

const issuerProposal = z
  .object({
    id: z.uuid(),
    status: z.enum(['proposed', 'approved', 'refused']),
    kind: z.enum(['create', 'change']),
    issuerId: z
      .uuid()
      .nullable()
      .meta({ description: 'The issuer to be changed; of a new one, null until it is approved.' }),
    request: z.record(z.string(), z.unknown()).meta({ description: 'The body that was sent, without its logo.' }),
    proposedBy: z.string().meta({ description: 'The name of the person or of the key.' }),
    proposedAt: z.iso.datetime(),
    decidedBy: z.string().nullable(),
    decidedAt: z.iso.datetime().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was refused.' }),
    links: z.object({ self: z.url(), approve: z.url(), refuse: z.url() }),
  })
  .meta({
    id: 'IssuerProposal',
    example: {
      id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e',
      status: 'proposed',
      kind: 'change',
      issuerId: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8f',
      request: { account: { conta: '12345679', contaDv: '7' } },
      proposedBy: 'Ana Souza',
      proposedAt: '2026-11-29T12:00:00.000Z',
      decidedBy: null,
      decidedAt: null,
      reason: null,
      links: {
        self: 'https://billing.example/v1/issuer-proposals/0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e',
        approve: 'https://billing.example/v1/issuer-proposals/0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e/approve',
        refuse: 'https://billing.example/v1/issuer-proposals/0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e/refuse',
      },
    },
  });

/** The answer to a request of an issuer that waits for a second person. */
export const proposedAnswer = {
  description: 'FOUR_EYES is on: it waits for another person, who approves or refuses it.',
  schema: issuerProposal,
} as const;

const proposalPage = pageOf(issuerProposal).meta({ id: 'IssuerProposalPage' });

export const proposalListQuery = z.strictObject({
  ...pageQuery({ limitMax: 100, limitDefault: 50 }),
  status: z.enum(['proposed', 'approved', 'refused']).optional(),
});

export const refusalRequest = z
  .strictObject({ reason: oneLine().trim().min(1).max(REASON_CHARS_MAX) })
  .meta({ id: 'IssuerRefusal', example: { reason: 'the account is not ours' } });

export type ProposalView = z.output<typeof issuerProposal>;
export type ProposalPage = z.output<typeof proposalPage>;
export type ProposalListQuery = z.output<typeof proposalListQuery>;
export type RefusalRequest = z.output<typeof refusalRequest>;

const common = { servedBy: 'billing-api', tag: 'issuers' } as const;
const decision = {
  ...common,
  params: byId,
  access: { needs: 'issuers:approve', stepUp: true },
} as const;

export const proposalRoutes = {
  'GET /v1/issuer-proposals': {
    ...common,
    access: { needs: 'issuers:read' },
    operationId: 'listIssuerProposals',
    summary: 'Issuers and changes that wait for a second person, or waited, newest first',
    query: proposalListQuery,
    answers: { 200: { description: 'One page.', schema: proposalPage } },
  },
  'GET /v1/issuer-proposals/{id}': {
    ...common,
    access: { needs: 'issuers:read' },
    operationId: 'getIssuerProposal',
    summary: 'One proposal',
    params: byId,
    answers: { 200: { description: 'As it is now.', schema: issuerProposal } },
    refusals: { 404: ['PROPOSAL_NOT_FOUND'] },
  },
  'POST /v1/issuer-proposals/{id}/approve': {
    ...decision,
    operationId: 'approveIssuerProposal',
    summary: 'Register the issuer, or make the change, that another person proposed',
    answers: { 200: { description: 'Done; `issuerId` names the issuer.', schema: issuerProposal } },
    refusals: {
      404: ['PROPOSAL_NOT_FOUND'],
      409: ['APPROVAL_BY_SAME_PERSON', 'PROPOSAL_DECIDED', 'PROPOSAL_OUTDATED', 'ISSUER_FIELD_FIXED'],
    },
  },
  'POST /v1/issuer-proposals/{id}/refuse': {
    ...decision,
    operationId: 'refuseIssuerProposal',
    summary: 'Refuse a proposal, also one of one’s own',
    body: refusalRequest,
    answers: { 200: { description: 'Refused.', schema: issuerProposal } },
    refusals: { 404: ['PROPOSAL_NOT_FOUND'], 409: ['PROPOSAL_DECIDED'] },
  },
} as const satisfies Record<string, RouteSpec>;
