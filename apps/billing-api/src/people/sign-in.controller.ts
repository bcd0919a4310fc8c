import type { ServerResponse } from 'node:http';
import { Body, Controller, Inject, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, SignedIn } from '#access';
import type { AuditActor } from '#audit';
import {
  acceptance,
  passwordReset,
  passwordSignIn,
  recoverySignIn,
  setupRequest,
  stepUpRequest,
  totpSignIn,
  type SignInStep,
} from '#contracts/http';
import { Route } from '#http';
import { Identity, type SignInResult } from '#identity';
import type { SessionFacts } from '#sessions';
import { browserOf, forgetEverything, sendCookies, transactionOf, type BrowserRequest } from './browser.ts';

@Controller()
export class SignInController {
  constructor(@Inject(Identity) private readonly identity: Identity) {}

  @Route('POST /v1/setup')
  async setUp(
    @Body({ schema: setupRequest }) body: z.output<typeof setupRequest>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    return answer(response, await this.identity.setup.run(body, browserOf(request)));
  }

  @Route('POST /v1/invitations/accept')
  async accept(
    @Body({ schema: acceptance }) body: z.output<typeof acceptance>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    return answer(response, await this.identity.invitations.acceptAsNew(body, browserOf(request)));
  }

  @Route('POST /v1/auth/password')
  async password(
    @Body({ schema: passwordSignIn }) body: z.output<typeof passwordSignIn>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    return answer(response, await this.identity.signIn.password(body, browserOf(request)));
  }

  @Route('POST /v1/auth/totp')
  async totp(
    @Body({ schema: totpSignIn }) { code }: z.output<typeof totpSignIn>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    const { signIn } = this.identity;
    return answer(response, await signIn.secondFactor(transactionOf(request), { code }, browserOf(request)));
  }

  @Route('POST /v1/auth/recovery')
  async recovery(
    @Body({ schema: recoverySignIn }) { code: recoveryCode }: z.output<typeof recoverySignIn>,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    const { signIn } = this.identity;
    return answer(response, await signIn.secondFactor(transactionOf(request), { recoveryCode }, browserOf(request)));
  }

  @Route('POST /v1/auth/step-up')
  async stepUp(
    @Body({ schema: stepUpRequest }) body: z.output<typeof stepUpRequest>,
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<SignInStep> {
    return answer(response, await this.identity.signIn.stepUp(session, body, actor));
  }

  @Route('POST /v1/auth/sign-out')
  async signOut(
    @SignedIn() session: SessionFacts,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<{ readonly signedOut: true }> {
    await this.identity.sessions.signOut(session, actor);
    forgetEverything(response);
    return { signedOut: true };
  }

  @Route('POST /v1/auth/password-reset')
  async reset(
    @Body({ schema: passwordReset }) body: z.output<typeof passwordReset>,
    @Req() request: BrowserRequest,
  ): Promise<{ readonly changed: true }> {
    await this.identity.passwords.reset(body, browserOf(request));
    return { changed: true };
  }
}

function answer(response: ServerResponse, result: SignInResult): SignInStep {
  sendCookies(response, result);
  return { next: result.next };
}
