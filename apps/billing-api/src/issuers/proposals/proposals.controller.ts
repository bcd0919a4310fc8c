import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { Actor, Caller, Tenancy, type Principal, type TenantDb } from '#access';
import type { AuditActor } from '#audit';
import { calendarDateIn } from '#calendar';
import {
  proposalListQuery,
  refusalRequest,
  type ProposalListQuery,
  type ProposalPage,
  type ProposalView,
  type RefusalRequest,
} from '#contracts/http';
import { idPipe, notFound, readCursor, Route, toPage } from '#http';
import { decodeCursor, encodeCursor } from '../../cursor.ts';
import { SETTINGS, type Settings } from '../../settings.ts';
import { PUBLIC_URL } from '../../tokens.ts';
import { approve, refuse } from './decide.ts';
import { proposalView } from './proposal-view.ts';
import { findProposal, listProposals, type Proposal } from './proposal.queries.ts';

@Controller()
export class ProposalsController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'TIME_ZONE'>,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('GET /v1/issuer-proposals')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: proposalListQuery }) { limit, cursor, status }: ProposalListQuery,
  ): Promise<ProposalPage> {
    const after = readCursor(cursor, decodeCursor);
    const found = await this.tenancy.readAsTenant(caller, (db) =>
      listProposals(db, { limit: limit + 1, after, status }),
    );
    return toPage(found, {
      limit,
      viewOf: (proposal) => this.#view(proposal),
      cursorOf: ({ at, id }) => encodeCursor({ at, id }),
    });
  }

  @Route('GET /v1/issuer-proposals/{id}')
  async find(@Caller() caller: Principal, @Param('id', idPipe) id: string): Promise<ProposalView> {
    return this.#view(await this.tenancy.readAsTenant(caller, (db) => stored(db, id)));
  }

  @Route('POST /v1/issuer-proposals/{id}/approve')
  async approve(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Actor() actor: AuditActor,
  ): Promise<ProposalView> {
    const today = calendarDateIn(this.settings.TIME_ZONE, new Date());
    return this.tenancy.withTenant(caller, async (tx) => {
      await approve(tx, id, { caller, actor, today });
      return this.#view(await stored(tx, id));
    });
  }

  @Route('POST /v1/issuer-proposals/{id}/refuse')
  async refuse(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Body({ schema: refusalRequest }) { reason }: RefusalRequest,
    @Actor() actor: AuditActor,
  ): Promise<ProposalView> {
    return this.tenancy.withTenant(caller, async (tx) => {
      await refuse(tx, { id, reason }, { caller, actor });
      return this.#view(await stored(tx, id));
    });
  }

  #view(proposal: Proposal): ProposalView {
    return proposalView(proposal, this.baseUrl);
  }
}

async function stored(db: TenantDb, id: string): Promise<Proposal> {
  const proposal = await findProposal(db, id);
  if (proposal === undefined) throw notFound('proposal', id);
  return proposal;
}
