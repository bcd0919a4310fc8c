import type { ServerResponse } from 'node:http';
import { Body, Controller, Inject, Query, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { oidcCallbackQuery, oidcStartQuery, providerLogout } from '#contracts/http';
import { ProblemError, Route } from '#http';
import { Identity } from '#identity';
import { browserOf, sendCookies, transactionOf, type BrowserRequest } from './browser.ts';

@Controller()
export class OidcController {
  constructor(@Inject(Identity) private readonly identity: Identity) {}

  @Route('GET /v1/auth/oidc/start')
  async start(
    @Query({ schema: oidcStartQuery }) { returnTo }: z.output<typeof oidcStartQuery>,
    @Req() request: BrowserRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { location, transaction } = await this.#provider().begin(returnTo, browserOf(request));
    sendCookies(response, { transaction });
    redirect(response, location);
  }

  @Route('GET /v1/auth/oidc/callback')
  async callback(
    @Query({ schema: oidcCallbackQuery }) _: z.output<typeof oidcCallbackQuery>,
    @Req() request: BrowserRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { search } = new URL(request.url ?? '', 'http://callback');
    const result = await this.#provider().finish({ search, transaction: transactionOf(request) }, browserOf(request));
    sendCookies(response, result);
    redirect(response, result.returnTo);
  }

  @Route('POST /v1/auth/oidc/logout')
  async logOut(
    @Body({ schema: providerLogout }) { logout_token: token }: z.output<typeof providerLogout>,
  ): Promise<{ readonly signedOut: true }> {
    await this.#provider().backChannel.end(token);
    return { signedOut: true };
  }

  #provider() {
    const { oidc } = this.identity;
    if (oidc !== undefined) return oidc;
    throw new ProblemError({
      status: 404,
      code: 'PROVIDER_MISSING',
      title: 'No OpenID provider',
      detail: 'The operator has set none: OIDC_ISSUER.',
    });
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location }).end();
}
