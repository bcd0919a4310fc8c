import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Configuration } from 'openid-client';
import { ZodError } from 'zod';
import { violatedConstraint, withTransaction, type Tx } from '#database';
import { ProblemError } from '#http';
import { deleteProviderSessions } from '#sessions';
import { recordOfPerson } from '../actor.ts';
import type { IdentityParts } from '../parts.ts';
import { forgetProviderSignIns, insertTransaction } from '../sign-in/login-transaction.queries.ts';
import { findUserOf } from './identity.queries.ts';
import { readLogoutToken, type LogoutToken } from './logout-token.ts';
import { isPlainLoopback, providerAway } from './provider-problems.ts';

const KEYS_TIMEOUT_MS = 5_000;
/** The reasons of jose that are the provider's, not the token's. */
const AWAY: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

interface LogoutProvider {
  readonly clientId: string;
  readonly discovered: () => Promise<Configuration>;
}

/** Ends sessions because the provider says that it has ended its own (OpenID Connect Back-Channel Logout 1.0). */
export class BackChannelLogout {
  readonly #parts: Pick<IdentityParts, 'dataSource' | 'logger'>;
  readonly #provider: LogoutProvider;
  /** Read when the first token comes, and again when they are old or one is missing. */
  #keys: JWTVerifyGetKey | undefined;

  constructor(parts: Pick<IdentityParts, 'dataSource' | 'logger'>, provider: LogoutProvider) {
    this.#parts = parts;
    this.#provider = provider;
  }

  /**
   * Ends the sessions that a person began with the provider, in every organization, and the sign-ins that wait for a
   * second factor. Sessions by password or passkey stay: the provider did not begin them. A person that is unknown here
   * or signed out already is no fault.
   * @throws ProblemError LOGOUT_TOKEN_INVALID, also for a token that was used before; PROVIDER_AWAY
   */
  async end(text: string): Promise<void> {
    const { dataSource, logger } = this.#parts;
    const configuration = await this.#provider.discovered();
    const { issuer, jwks_uri: keysUri } = configuration.serverMetadata();
    const keys = this.#keysAt(keysUri);
    const rules = { keys, issuer, clientId: this.#provider.clientId };
    const token = await readLogoutToken(text, rules).catch((error: unknown) => {
      throw problemOf(error);
    });
    const ended = await withTransaction(dataSource, (tx) => endSessions(tx, issuer, token)).catch((error: unknown) => {
      throw violatedConstraint(error) === 'login_transactions_pk' ? logoutTokenInvalid(error) : error;
    });
    logger.info('the provider ended the sessions of a person', { event: 'person.provider_logout', ...ended });
  }

  #keysAt(uri: string | undefined): JWTVerifyGetKey {
    const url = uri !== undefined && URL.canParse(uri) ? new URL(uri) : undefined;
    // Keys that came over plain HTTP prove nothing.
    if (url === undefined || (url.protocol !== 'https:' && !isPlainLoopback(url))) {
      throw providerAway(new Error('the provider names no keys that can be trusted: jwks_uri'));
    }
    this.#keys ??= createRemoteJWKSet(url, { timeoutDuration: KEYS_TIMEOUT_MS });
    return this.#keys;
  }
}

async function endSessions(tx: Tx, issuer: string, { subject, idHash }: LogoutToken) {
  // A token works once. Its row has no secret and belongs to no cookie, so no sign-in can go on with it.
  await insertTransaction(tx, { idHash, purpose: 'oidc' });
  const userId = await findUserOf(tx, { issuer, subject });
  if (userId === undefined) return { sessions: 0 };
  await forgetProviderSignIns(tx, userId);
  const sessions = await deleteProviderSessions(tx, userId);
  if (sessions > 0) {
    const actor = { kind: 'system', id: undefined, organizationId: undefined } as const;
    const target = { kind: 'person', id: userId } as const;
    await recordOfPerson(tx, actor, { action: 'person.providerSignedOut', target, details: { sessions } });
  }
  return { userId, sessions };
}

function problemOf(error: unknown): ProblemError {
  const isRefusal = error instanceof ZodError || (error instanceof errors.JOSEError && !AWAY.has(error.code));
  return isRefusal ? logoutTokenInvalid(error) : providerAway(error);
}

/** The same for every reason: a provider has the token and can look itself. */
function logoutTokenInvalid(cause: unknown): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'LOGOUT_TOKEN_INVALID',
    title: 'Not a logout token for us',
    detail:
      'Nothing was ended. The token must be signed by the provider, be for this client, be new, name a person (sub), ' +
      'and not have been used.',
    cause,
  });
}
