import type { TenantDb, TenantTx } from '#access';
import { column, fragment, sql, type RowOf } from '#database';
import type { PageCursor } from '../../cursor.ts';

/** A person, or a key that no person has made. */
export interface Proposer {
  readonly id: string;
  readonly name: string;
}

/** The issuer that a proposal changes, and the version that it changes. */
export interface ProposedChange {
  readonly issuerId: string;
  readonly version: number;
}

type Request = Readonly<Record<string, unknown>>;

const INSERT_PROPOSAL = sql`
  insert into issuer_proposals
    (id, organization_id, issuer_id, issuer_version, request, proposed_by, proposer)
  values
    (${'id'}, ${'organizationId'}, ${'issuerId'}, ${'version'}, ${'request'}, ${'proposedBy'}, ${'proposer'})`;

export async function insertProposal(
  tx: TenantTx,
  proposal: {
    readonly id: string;
    /** Undefined for a new issuer. */
    readonly change: ProposedChange | undefined;
    readonly request: object;
    readonly by: Proposer;
  },
): Promise<void> {
  const { id, change, request, by } = proposal;
  const { organizationId } = tx.scope;
  await INSERT_PROPOSAL.run(tx, {
    id,
    organizationId,
    request,
    proposedBy: by.id,
    proposer: by.name,
    issuerId: change?.issuerId ?? null,
    version: change?.version ?? null,
  });
}

/** A proposal of the caller's organization; for a caller of some issuers, one that changes one of them. */
const OWN_PROPOSAL = fragment`organization_id = ${'organizationId'}
  and (${'issuerIds'}::uuid[] is null or issuer_id = any(${'issuerIds'}::uuid[]))`;

const COLUMNS = fragment`id, issuer_id, issuer_version, request - 'logo' as request, proposed_by, proposer, proposed_at,
  decision, decider, decided_at, reason,
  to_char(proposed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

const PROPOSAL_COLUMNS = {
  id: 'uuid',
  issuer_id: 'uuid?',
  issuer_version: 'int4?',
  request: column<Request>('jsonb'),
  proposed_by: 'uuid',
  proposer: 'text',
  proposed_at: 'timestamptz',
  decision: column<'approved' | 'refused' | null>('text'),
  decider: 'text?',
  decided_at: 'timestamptz?',
  reason: 'text?',
  at: 'text',
} as const;

const FIND_PROPOSAL = sql.returning(PROPOSAL_COLUMNS)`
  select ${COLUMNS} from issuer_proposals where id = ${'id'} and ${OWN_PROPOSAL}`;

export type Proposal = RowOf<typeof FIND_PROPOSAL>;

export async function findProposal(db: TenantDb, id: string): Promise<Proposal | undefined> {
  return FIND_PROPOSAL.row(db, { ...db.scope, id });
}

const LOCK_PROPOSAL = sql.returning({
  id: 'uuid',
  issuer_id: 'uuid?',
  issuer_version: 'int4?',
  proposed_by: 'uuid',
  request: column<Request>('jsonb'),
  decision: column<'approved' | 'refused' | null>('text'),
})`
  select id, issuer_id, issuer_version, proposed_by, request, decision
    from issuer_proposals
   where id = ${'id'} and ${OWN_PROPOSAL}
     for update`;

/** The proposal with its whole request, held until the transaction ends. */
export async function lockProposal(tx: TenantTx, id: string) {
  return LOCK_PROPOSAL.row(tx, { ...tx.scope, id });
}

const LIST_PROPOSALS = sql.returning(PROPOSAL_COLUMNS)`
  select ${COLUMNS}
    from issuer_proposals
   where ${OWN_PROPOSAL}
     and (${'status'}::text is null or coalesce(decision, 'proposed') = ${'status'})
     and (${'at'}::timestamptz is null or (proposed_at, id) < (${'at'}::timestamptz, ${'id'}::uuid))
   order by proposed_at desc, id desc
   limit ${'limit'}`;

/** Proposals of an organization, newest first. */
export async function listProposals(
  db: TenantDb,
  page: {
    readonly status: string | undefined;
    readonly after: PageCursor | undefined;
    readonly limit: number;
  },
): Promise<readonly Proposal[]> {
  const { status = null, after, limit } = page;
  return LIST_PROPOSALS.rows(db, { ...db.scope, status, limit, at: after?.at ?? null, id: after?.id ?? null });
}

const DECIDE = sql`
  update issuer_proposals
     set decision = ${'decision'}, decided_by = ${'decidedBy'}, decider = ${'decider'}, decided_at = now(),
         reason = ${'reason'}, issuer_id = coalesce(issuer_id, ${'issuerId'}::uuid)
   where id = ${'id'} and ${OWN_PROPOSAL}`;

/** Writes a decision. `issuerId` is the issuer that was made. */
export async function decideProposal(
  tx: TenantTx,
  decided: {
    readonly id: string;
    readonly decision: 'approved' | 'refused';
    readonly by: Proposer;
    readonly reason?: string;
    readonly issuerId?: string;
  },
): Promise<void> {
  const { id, decision, by, reason = null, issuerId = null } = decided;
  await DECIDE.run(tx, { ...tx.scope, id, decision, decidedBy: by.id, decider: by.name, reason, issuerId });
}
