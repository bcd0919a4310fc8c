import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller, isCut, keysOfMaker, Tenancy, usableOf, type Principal } from '#access';
import type { AuditActor } from '#audit';
import {
  CUT_KEYS_MAX,
  invitationRequest,
  peopleListQuery,
  userChange,
  type ChangedUserView,
  type InvitationView,
  type MadeInvitationView,
  type UserView,
} from '#contracts/http';
import { idPipe, ProblemError, readCursor, Route, toPage } from '#http';
import { Identity, type Admin, type Invitation, type MemberRow } from '#identity';

const cursorId = z.uuid();

/** The people of the caller's organization. The organization is never taken from the request. */
@Controller()
export class UsersController {
  constructor(
    @Inject(Identity) private readonly identity: Identity,
    @Inject(Tenancy) private readonly tenancy: Tenancy,
  ) {}

  @Route('GET /v1/users')
  async list(
    @Query({ schema: peopleListQuery }) { limit, cursor }: z.output<typeof peopleListQuery>,
    @Caller() { organizationId }: Principal,
  ) {
    const after = afterOf(cursor);
    return toPage(await this.identity.members.list({ organizationId, after, limit: limit + 1 }), {
      limit,
      viewOf: userView,
      cursorOf: ({ userId }) => userId,
    });
  }

  @Route('PATCH /v1/users/{id}')
  async change(
    @Param('id', idPipe) id: string,
    @Body({ schema: userChange }) body: z.output<typeof userChange>,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<ChangedUserView> {
    const changed = await this.identity.members.change(adminOf(caller, actor), id, body);
    return { ...userView(changed), cutKeys: await this.#cutKeys(caller, id) };
  }

  /** The keys that are cut by what their maker is now: their users must be told before they wonder. */
  async #cutKeys(caller: Principal, maker: string): Promise<ChangedUserView['cutKeys']> {
    const of = { organizationId: caller.organizationId, maker, limit: CUT_KEYS_MAX };
    const made = await this.tenancy.readAsTenant(caller, (db) => keysOfMaker(db, of));
    return made.filter(isCut).map((key) => {
      const { permissions, issuerIds } = usableOf(key);
      const stops = permissions.length === 0 || issuerIds?.length === 0;
      return { id: key.id, name: key.name, hint: key.hint, stops };
    });
  }

  @Route('DELETE /v1/users/{id}/sessions')
  async signOut(
    @Param('id', idPipe) id: string,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly ended: number }> {
    return { ended: await this.identity.members.signOut(adminOf(caller, actor), id) };
  }

  @Route('POST /v1/users/{id}/password-reset')
  async passwordReset(@Param('id', idPipe) id: string, @Caller() caller: Principal, @Actor() actor: AuditActor) {
    const { link, expiresAt } = await this.identity.members.passwordReset(adminOf(caller, actor), id);
    return { link, expiresAt: expiresAt.toISOString() };
  }

  @Route('GET /v1/invitations')
  async invitations(
    @Query({ schema: peopleListQuery }) { limit, cursor }: z.output<typeof peopleListQuery>,
    @Caller() { organizationId }: Principal,
  ) {
    const after = afterOf(cursor);
    return toPage(await this.identity.members.invitations({ organizationId, after, limit: limit + 1 }), {
      limit,
      viewOf: invitationView,
      cursorOf: ({ id }) => id,
    });
  }

  @Route('POST /v1/invitations')
  async invite(
    @Body({ schema: invitationRequest }) body: z.output<typeof invitationRequest>,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<MadeInvitationView> {
    const made = await this.identity.members.invite(adminOf(caller, actor), body);
    return { ...invitationView(made), link: made.link };
  }

  @Route('DELETE /v1/invitations/{id}')
  async withdraw(
    @Param('id', idPipe) id: string,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly withdrawn: true }> {
    if (await this.identity.members.withdraw(adminOf(caller, actor), id)) return { withdrawn: true };
    throw new ProblemError({
      status: 404,
      code: 'INVITATION_NOT_FOUND',
      title: 'No such invitation',
      detail: `There is no invitation ${id}. GET /v1/invitations lists them.`,
    });
  }
}

function afterOf(cursor: string | undefined): string | null {
  return readCursor(cursor, (text) => cursorId.safeParse(text).data) ?? null;
}

function adminOf({ id, organizationId }: Principal, actor: AuditActor): Admin {
  return { userId: id, organizationId, actor };
}

function userView({ userId, issuerIds, joinedAt, ...rest }: MemberRow): UserView {
  const { name, email, role, status, hasSecondFactor } = rest;
  return {
    id: userId,
    name,
    email,
    role,
    issuerIds: issuerIds === null ? null : [...issuerIds],
    status,
    joinedAt: joinedAt.toISOString(),
    hasSecondFactor,
  };
}

function invitationView({ id, email, role, issuerIds, createdAt, expiresAt }: Invitation): InvitationView {
  return {
    id,
    email,
    role,
    issuerIds: issuerIds === null ? null : [...issuerIds],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
