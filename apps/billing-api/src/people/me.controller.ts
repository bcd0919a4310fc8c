import type { ServerResponse } from 'node:http';
import { Body, Controller, Inject, Param, Query, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, Caller, SignedIn, STEP_UP_MS, type Principal } from '#access';
import type { AuditActor } from '#audit';
import {
  linkOfInvitation,
  organizationChoice,
  ownListQuery,
  passwordChange,
  totpConfirmation,
  type MeView,
  type SessionView,
} from '#contracts/http';
import { idPipe, ProblemError, Route, toPageOfAll } from '#http';
import { Identity } from '#identity';
import { hasTwoFactors, type SessionFacts } from '#sessions';
import { sendCookies } from './browser.ts';

@Controller()
export class MeController {
  constructor(@Inject(Identity) private readonly identity: Identity) {}

  @Route('GET /v1/me')
  async find(@SignedIn() session: SessionFacts, @Caller() { permissions }: Principal): Promise<MeView> {
    const { userId, userName, email, organizationId, organizationName, role, issuerIds, amr } = session;
    const { factors, organizations } = await this.identity.overviewOf(userId);
    return {
      user: { id: userId, name: userName, email },
      organization: { id: organizationId, name: organizationName },
      role,
      issuerIds: issuerIds === null ? null : [...issuerIds],
      permissions: [...permissions],
      organizations: organizations.map((each) => ({
        id: each.organizationId,
        name: each.organizationName,
        role: each.role,
      })),
      factors,
      session: {
        hasTwoFactors: hasTwoFactors(amr),
        provenAt: session.authTime.toISOString(),
        stepUpUntil: new Date(session.authTime.getTime() + STEP_UP_MS).toISOString(),
        endsAt: session.endsAt.toISOString(),
      },
    };
  }

  @Route('PUT /v1/me/organization')
  async choose(
    @Body({ schema: organizationChoice }) { organizationId }: z.output<typeof organizationChoice>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<{ readonly changed: true }> {
    const token = await this.identity.sessions.choose(session, organizationId.toLowerCase(), actor);
    if (token === undefined) {
      throw new ProblemError({
        status: 404,
        code: 'ORGANIZATION_NOT_FOUND',
        title: 'No such organization',
        detail: 'GET /v1/me lists the organizations of the person.',
      });
    }
    sendCookies(response, { session: token });
    return { changed: true };
  }

  @Route('PUT /v1/me/password')
  async password(
    @Body({ schema: passwordChange }) body: z.output<typeof passwordChange>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly changed: true }> {
    await this.identity.passwords.change(session, body, actor);
    return { changed: true };
  }

  @Route('GET /v1/me/sessions')
  async sessions(
    @Query({ schema: ownListQuery }) { limit, cursor }: z.output<typeof ownListQuery>,
    @SignedIn() { userId, id: own }: SessionFacts,
  ) {
    return toPageOfAll(await this.identity.sessions.list(userId), {
      limit,
      cursor,
      keyOf: ({ id }) => id,
      viewOf: ({ id, createdAt, seenAt, endsAt, amr, ip, agent }): SessionView => ({
        id,
        createdAt: createdAt.toISOString(),
        seenAt: seenAt.toISOString(),
        endsAt: endsAt.toISOString(),
        isThis: id === own,
        methods: [...amr],
        ip,
        agent,
      }),
    });
  }

  @Route('DELETE /v1/me/sessions/{id}')
  async endSession(
    @Param('id', idPipe) id: string,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly removed: true }> {
    if (await this.identity.sessions.end(session, id, actor)) return { removed: true };
    throw new ProblemError({
      status: 404,
      code: 'SESSION_NOT_FOUND',
      title: 'No such session',
      detail: `There is no session ${id}. GET /v1/me/sessions lists them.`,
    });
  }

  @Route('POST /v1/me/totp')
  async beginTotp(@SignedIn() session: SessionFacts) {
    return this.identity.secondFactors.beginTotp(session);
  }

  @Route('POST /v1/me/totp/confirm')
  async confirmTotp(
    @Body({ schema: totpConfirmation }) { code }: z.output<typeof totpConfirmation>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const result = await this.identity.secondFactors.confirmTotp(session, code, actor);
    sendCookies(response, result);
    return { next: result.next, recoveryCodes: result.recoveryCodes };
  }

  @Route('DELETE /v1/me/totp')
  async removeTotp(@SignedIn() session: SessionFacts, @Actor() actor: AuditActor): Promise<{ readonly removed: true }> {
    await this.identity.secondFactors.removeTotp(session, actor);
    return { removed: true };
  }

  @Route('POST /v1/me/recovery-codes')
  async recoveryCodes(@SignedIn() session: SessionFacts, @Actor() actor: AuditActor) {
    return { recoveryCodes: await this.identity.secondFactors.newRecoveryCodes(session, actor) };
  }

  @Route('POST /v1/me/invitations')
  async join(
    @Body({ schema: linkOfInvitation }) { token }: z.output<typeof linkOfInvitation>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
  ) {
    const { organizationId, role } = await this.identity.invitations.acceptAs(session, token, actor);
    return { organizationId, role };
  }
}
