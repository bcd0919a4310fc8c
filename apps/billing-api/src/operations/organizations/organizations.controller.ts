import { randomUUID } from 'node:crypto';
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  Actor,
  Caller,
  changeOrganization,
  createOrganization,
  listOrganizations,
  Tenancy,
  type Organization,
  type Principal,
} from '#access';
import type { AuditActor } from '#audit';
import {
  organizationChange,
  organizationListQuery,
  organizationRequest,
  type MadeOrganizationView,
  type OrganizationChange,
  type OrganizationView,
} from '#contracts/http';
import { violatedConstraint } from '#database';
import { idPipe, ProblemError, readCursor, Route, toPage } from '#http';
import { inviteFirstAdmin } from '#identity';
import { PUBLIC_URL } from '../../tokens.ts';

const cursorSlug = organizationRequest.shape.slug;

/** Every organization, for operators of the platform. They see its name and limits, and nothing that it owns. */
@Controller()
export class OrganizationsController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  @Route('GET /v1/organizations')
  async list(
    @Query({ schema: organizationListQuery }) { limit, cursor }: z.output<typeof organizationListQuery>,
    @Caller() caller: Principal,
  ) {
    const after = readCursor(cursor, (text) => cursorSlug.safeParse(text).data) ?? null;
    const page = { after, limit: limit + 1 };
    const found = await this.tenancy.readAsOperator(caller, (db) => listOrganizations(db, page));
    return toPage(found, { limit, viewOf: organizationView, cursorOf: ({ slug }) => slug });
  }

  @Route('POST /v1/organizations')
  async make(
    @Body({ schema: organizationRequest }) { adminEmail, ...facts }: z.output<typeof organizationRequest>,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<MadeOrganizationView> {
    const invitationId = adminEmail === undefined ? undefined : randomUUID();
    const made = await this.tenancy
      .withOperator(caller, async (tx) => {
        const organization = await createOrganization(tx, { ...facts, invitationId }, actor);
        if (adminEmail === undefined || invitationId === undefined) return { organization };
        const invited = { id: invitationId, organizationId: organization.id, email: adminEmail, createdBy: caller.id };
        return { organization, invitation: await inviteFirstAdmin(tx, invited, this.publicUrl) };
      })
      .catch((error: unknown) => {
        throw violatedConstraint(error) === 'organizations_slug_once' ? slugTaken(facts.slug) : error;
      });
    const { organization, invitation } = made;
    return {
      ...organizationView(organization),
      invitation: invitation === undefined ? null : { ...invitation, expiresAt: invitation.expiresAt.toISOString() },
    };
  }

  @Route('PATCH /v1/organizations/{id}')
  async change(
    @Param('id', idPipe) id: string,
    @Body({ schema: organizationChange }) change: OrganizationChange,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<OrganizationView> {
    refuseOwnEnd(caller, id, change);
    const changed = await this.tenancy.withOperator(caller, (tx) => changeOrganization(tx, { id, change }, actor));
    if (changed === undefined) throw organizationNotFound(id);
    return organizationView(changed);
  }
}

/** @throws ProblemError OWN_ORGANIZATION: no operator of it could sign in and open it again */
function refuseOwnEnd({ organizationId }: Principal, id: string, { status }: OrganizationChange): void {
  if (id !== organizationId || status === null || status === undefined || status === 'active') return;
  throw new ProblemError({
    status: 409,
    code: 'OWN_ORGANIZATION',
    title: 'The own organization cannot be suspended or closed',
    detail: 'Nothing was changed: you would be signed out, and could not open it again.',
  });
}

function organizationNotFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'ORGANIZATION_NOT_FOUND',
    title: 'No such organization',
    detail: `There is no organization ${id}. GET /v1/organizations lists them.`,
  });
}

function slugTaken(slug: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'SLUG_TAKEN',
    title: 'Another organization has this slug',
    detail: `Nothing was made: choose another slug than ${slug}.`,
  });
}

function organizationView({ createdAt, limits, ...facts }: Organization): OrganizationView {
  return { ...facts, limits: { ...limits }, createdAt: createdAt.toISOString() };
}
