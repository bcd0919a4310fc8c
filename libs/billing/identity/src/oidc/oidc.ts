import { randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import { ZodError } from 'zod';
import { violatedConstraint, withTransaction, type Tx } from '#database';
import { ProblemError } from '#http';
import { findSession, newToken, type Browser, type Method } from '#sessions';
import { findAccount, findAccountByEmail, insertAccount } from '../accounts/account.queries.ts';
import { forgetProofs } from '../accounts/forget-proofs.queries.ts';
import { personActor, recordOfPerson } from '../actor.ts';
import { endSessions } from '../end-sessions.ts';
import { joinBy } from '../members/accept.ts';
import { findInvitationOf } from '../members/invitation.queries.ts';
import type { IdentityParts } from '../parts.ts';
import { signInExpired } from '../problems.ts';
import { signIn, type SignInResult } from '../sign-in/finish.ts';
import { insertTransaction, takeTransaction } from '../sign-in/login-transaction.queries.ts';
import { BackChannelLogout } from './back-channel-logout.ts';
import { isOfDomain, readClaims, type ProvenClaims } from './claims.ts';
import { findUserOf, insertIdentity } from './identity.queries.ts';
import { emailDomainRefused, isPlainLoopback, providerAway } from './provider-problems.ts';
import { returnPath } from './return-to.ts';

/** The provider that people are sent to. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Values of `acr` that mean two factors. */
  readonly strongAcrs: readonly string[];
  /** Domains of e-mail addresses, in lower case, whose people may sign in; empty for any. */
  readonly allowedDomains: readonly string[];
}

const CALLBACK_PATH = '/v1/auth/oidc/callback';
const SCOPE = 'openid email profile';
/** A person that is signed in already proves to be that person again: the provider must have asked a moment ago. */
const FRESH_SECONDS = '300';
const TIMEOUT_SECONDS = 10;

/** Sign-in with an OpenID provider: authorization code, PKCE, state and nonce, each used once. */
export class Oidc {
  readonly backChannel: BackChannelLogout;
  readonly #parts: IdentityParts;
  readonly #settings: OidcSettings;
  #configuration: Promise<client.Configuration> | undefined;

  constructor(parts: IdentityParts, settings: OidcSettings) {
    this.#parts = parts;
    this.#settings = settings;
    const { clientId } = settings;
    this.backChannel = new BackChannelLogout(parts, { clientId, discovered: () => this.#discovered() });
  }

  /**
   * Where the browser is sent, and the text for the cookie that it comes back with.
   * @throws ProblemError PROVIDER_AWAY
   */
  async begin(returnTo: string | undefined, browser: Browser): Promise<{ location: string; transaction: string }> {
    const { dataSource, publicUrl } = this.#parts;
    const configuration = await this.#discovered();
    const { text, hash } = newToken();
    const verifier = client.randomPKCECodeVerifier();
    const secret = {
      verifier,
      state: client.randomState(),
      nonce: client.randomNonce(),
      ...(browser.replaces === undefined ? {} : { maxAge: FRESH_SECONDS }),
    };
    await insertTransaction(dataSource.manager, {
      idHash: hash,
      purpose: 'oidc',
      secret,
      returnTo: returnPath(returnTo, publicUrl),
    });
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${publicUrl}${CALLBACK_PATH}`,
      scope: SCOPE,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: secret.state,
      nonce: secret.nonce,
      ...(this.#settings.strongAcrs.length === 0 ? {} : { acr_values: this.#settings.strongAcrs.join(' ') }),
      ...(secret.maxAge === undefined ? {} : { max_age: secret.maxAge }),
    });
    return { location: url.href, transaction: text };
  }

  /**
   * The provider has sent the browser back. `search` is the query as it came, `transaction` the hash of the cookie.
   * @throws ProblemError SIGN_IN_EXPIRED, PROVIDER_REFUSED, PROVIDER_AWAY, EMAIL_DOMAIN_REFUSED, NOT_INVITED,
   * MEMBERSHIP_MISSING
   */
  async finish(
    { search, transaction }: { readonly search: string; readonly transaction: Buffer | undefined },
    browser: Browser,
  ): Promise<SignInResult & { readonly returnTo: string }> {
    const { dataSource } = this.#parts;
    const begun = transaction && (await takeTransaction(dataSource.manager, { idHash: transaction, purpose: 'oidc' }));
    if (begun === undefined) throw signInExpired();
    const claims = await this.#claims(search, begun.secret);
    // At every sign-in, not only at the first: a company may change its provider's people, or its domains.
    if (!isOfDomain(claims.email, this.#settings.allowedDomains)) throw emailDomainRefused();
    const userId = await this.#person(claims, browser);
    const result = await this.#admit(userId, claims, browser);
    return { ...result, returnTo: begun.returnTo ?? '/' };
  }

  async #claims(search: string, secret: Readonly<Record<string, string>>): Promise<ProvenClaims> {
    const configuration = await this.#discovered();
    const { state, nonce, verifier, maxAge } = secret;
    if (state === undefined || nonce === undefined || verifier === undefined) throw signInExpired();
    try {
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(`${this.#parts.publicUrl}${CALLBACK_PATH}${search}`),
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
          ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
        },
      );
      const claims = tokens.claims();
      // Many providers tell the address only there. The library compares the subject.
      const asksMore =
        claims?.['email'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
      const more: client.UserInfoResponse | Record<string, undefined> = asksMore
        ? await client.fetchUserInfo(configuration, tokens.access_token, claims?.sub ?? '')
        : {};
      // The tokens end here: nothing of ours asks the provider for anything more.
      // An address and whether it was checked come from the same place.
      const { email, email_verified: isVerified, name } = asksMore ? more : (claims ?? {});
      return readClaims({ ...claims, email, email_verified: isVerified, name }, this.#settings.strongAcrs);
    } catch (error) {
      throw providerProblem(error);
    }
  }

  /** The person that the provider names, or one that was invited by a checked address and comes for the first time. */
  async #person(claims: ProvenClaims, browser: Browser): Promise<string> {
    const { dataSource, logger } = this.#parts;
    const known = await findUserOf(dataSource.manager, claims);
    if (known !== undefined) return known;
    const linked = await withTransaction(dataSource, (tx) => linkByInvitation(tx, claims, browser)).catch(
      (error: unknown) => {
        if (violatedConstraint(error) === undefined) throw error;
        // Another request of the same person was first.
        return undefined;
      },
    );
    if (linked === undefined) throw notInvited();
    logger.warn('an identity of a provider was linked', { event: 'person.identity_linked', userId: linked });
    return linked;
  }

  async #admit(userId: string, { hasTwoFactors, authTime }: ProvenClaims, browser: Browser): Promise<SignInResult> {
    const db = this.#parts.dataSource.manager;
    const amr: readonly Method[] = hasTwoFactors ? ['oidc', 'mfa'] : ['oidc'];
    const account = await findAccount(db, userId);
    if (hasTwoFactors || account === undefined || (!account.hasTotp && account.passkeys === 0)) {
      return signIn(this.#parts, { proof: { userId, amr, authTime }, browser });
    }
    const { text, hash } = newToken();
    await insertTransaction(db, { idHash: hash, purpose: 'second-factor', userId, amr });
    return { next: account.hasTotp ? 'totp' : 'passkey', transaction: text };
  }

  /** Asked for once; again after a failure. */
  async #discovered(): Promise<client.Configuration> {
    this.#configuration ??= this.#discover();
    try {
      return await this.#configuration;
    } catch (error) {
      this.#configuration = undefined;
      throw providerAway(error);
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const server = new URL(issuer);
    return client.discovery(
      server,
      clientId,
      undefined,
      clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret),
      { timeout: TIMEOUT_SECONDS, execute: isPlainLoopback(server) ? [client.allowInsecureRequests] : [] },
    );
  }
}

/**
 * True if the browser has a session of that account. Otherwise nothing says that the account is of the person whose
 * address the provider has checked: another person may have made it, by the link of another invitation.
 */
async function isOwn(tx: Tx, userId: string, { replaces }: Browser): Promise<boolean> {
  return replaces !== undefined && (await findSession(tx, replaces))?.userId === userId;
}

/** Links the identity to the person that was invited. Undefined without an invitation for the checked address. */
async function linkByInvitation(tx: Tx, claims: ProvenClaims, browser: Browser): Promise<string | undefined> {
  const { email, name } = claims;
  const invitation = email === undefined ? undefined : await findInvitationOf(tx, email);
  if (email === undefined || invitation === undefined) return undefined;
  const account = await findAccountByEmail(tx, email);
  const userId = account?.id ?? randomUUID();
  const isNew = account === undefined;
  if (isNew) await insertAccount(tx, { id: userId, email, name, passwordHash: null });
  const proofsForgotten = !isNew && !(await isOwn(tx, userId, browser));
  if (proofsForgotten) {
    await forgetProofs(tx, userId);
    await endSessions(tx, { userId });
  }
  await insertIdentity(tx, claims, userId);
  const actor = personActor({ userId, organizationId: invitation.organizationId }, browser);
  await joinBy(tx, invitation, actor);
  const target = { kind: 'person', id: userId } as const;
  await recordOfPerson(tx, actor, { action: 'person.identityLinked', target, details: { proofsForgotten } });
  return userId;
}

/** An answer that is not right is refused; a provider that gives none is away. */
function providerProblem(error: unknown): ProblemError {
  const isRefusal =
    error instanceof client.AuthorizationResponseError ||
    error instanceof client.ResponseBodyError ||
    error instanceof ZodError ||
    (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT');
  if (!isRefusal) return providerAway(error);
  return new ProblemError({
    status: 401,
    code: 'PROVIDER_REFUSED',
    title: 'The provider did not sign you in',
    detail: 'Its answer is not one to this sign-in. Begin again.',
    cause: error,
  });
}

function notInvited(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'NOT_INVITED',
    title: 'No invitation for this person',
    detail: 'An admin invites the address, and the provider must have checked it: email_verified.',
  });
}
