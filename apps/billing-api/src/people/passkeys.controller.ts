import type { ServerResponse } from 'node:http';
import { Body, Controller, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, SignedIn } from '#access';
import type { AuditActor } from '#audit';
import { ownListQuery, passkeyRegistration, passkeySignIn, type PasskeyView, type SignInStep } from '#contracts/http';
import { idPipe, ProblemError, Route, toPageOfAll } from '#http';
import { Identity } from '#identity';
import type { SessionFacts } from '#sessions';
import { browserOf, sendCookies, transactionOf, type BrowserRequest } from './browser.ts';

@Controller()
export class PasskeysController {
  constructor(@Inject(Identity) private readonly identity: Identity) {}

  @Route('POST /v1/auth/passkey/options')
  async beginSignIn(@Res({ passthrough: true }) response: ServerResponse) {
    const { options, transaction } = await this.identity.passkeys.beginSignIn();
    sendCookies(response, { transaction });
    return options;
  }

  @Route('POST /v1/auth/passkey')
  async signIn(
    @Body({ schema: passkeySignIn }) body: z.output<typeof passkeySignIn>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    const { authenticatorAttachment, response: given, ...rest } = body;
    const { userHandle, ...assertion } = given;
    const result = await this.identity.passkeys.signIn(
      {
        transaction: transactionOf(request),
        response: {
          ...rest,
          ...(authenticatorAttachment ? { authenticatorAttachment } : {}),
          response: { ...assertion, ...(userHandle ? { userHandle } : {}) },
        },
      },
      browserOf(request),
    );
    sendCookies(response, result);
    return { next: result.next };
  }

  @Route('GET /v1/me/passkeys')
  async list(
    @Query({ schema: ownListQuery }) { limit, cursor }: z.output<typeof ownListQuery>,
    @SignedIn() { userId }: SessionFacts,
  ) {
    return toPageOfAll(await this.identity.passkeys.list(userId), {
      limit,
      cursor,
      keyOf: ({ id }) => id,
      viewOf: ({ id, name, createdAt, lastUsedAt }): PasskeyView => ({
        id,
        name,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      }),
    });
  }

  @Route('POST /v1/me/passkeys/options')
  async begin(@SignedIn() session: SessionFacts, @Res({ passthrough: true }) response: ServerResponse) {
    const { options, transaction } = await this.identity.passkeys.beginEnrolment(session);
    sendCookies(response, { transaction });
    return options;
  }

  @Route('POST /v1/me/passkeys')
  async add(
    @Body({ schema: passkeyRegistration }) { name, credential }: z.output<typeof passkeyRegistration>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    const { authenticatorAttachment, response: made, ...rest } = credential;
    const { transports, ...attestation } = made;
    const given = {
      transaction: transactionOf(request),
      name,
      response: {
        ...rest,
        ...(authenticatorAttachment ? { authenticatorAttachment } : {}),
        response: { ...attestation, ...(transports ? { transports: transports.flatMap(transportOf) } : {}) },
      },
    };
    const result = await this.identity.passkeys.enrol(session, given, actor);
    sendCookies(response, result);
    return { next: result.next };
  }

  @Route('DELETE /v1/me/passkeys/{id}')
  async remove(
    @Param('id', idPipe) id: string,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly removed: true }> {
    if (await this.identity.passkeys.remove(session, id, actor)) return { removed: true };
    throw new ProblemError({
      status: 404,
      code: 'PASSKEY_NOT_FOUND',
      title: 'No such passkey',
      detail: `There is no passkey ${id}. GET /v1/me/passkeys lists them.`,
    });
  }
}

const TRANSPORTS = ['ble', 'hybrid', 'internal', 'nfc', 'usb'] as const;

/** Ways to reach an authenticator that this version does not know are left out. */
function transportOf(text: string) {
  return TRANSPORTS.filter((each) => each === text);
}
