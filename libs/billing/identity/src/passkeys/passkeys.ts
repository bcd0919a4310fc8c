import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { AuditActor } from '#audit';
import { violatedConstraint, withTransaction } from '#database';
import { ProblemError } from '#http';
import { newToken, type Browser, type SessionFacts } from '#sessions';
import { recordOfPerson } from '../actor.ts';
import { endSessions } from '../end-sessions.ts';
import type { IdentityParts } from '../parts.ts';
import { conflict, signInExpired, signInRefused } from '../problems.ts';
import { renewToken } from '../renew-token.ts';
import { signIn, type SignInResult } from '../sign-in/finish.ts';
import { insertTransaction, takeTransaction } from '../sign-in/login-transaction.queries.ts';
import { noteRefusal } from '../sign-in/note-refusal.ts';
import {
  deletePasskey,
  findPasskey,
  insertPasskey,
  listPasskeys,
  noteUse,
  type PasskeyRow,
  type StoredPasskey,
} from './passkey.queries.ts';

const NAME = 'Smart Billing';
const PASSKEYS_MAX = 20;

/** Options for the browser, and the text for the cookie of the exchange. */
export interface Begun<T> {
  readonly options: T;
  readonly transaction: string;
}

/** Sign-in with passkeys, and the passkeys of a person. */
export class Passkeys {
  readonly #parts: IdentityParts;
  readonly #origin: string;
  readonly #host: string;

  constructor(parts: IdentityParts) {
    const { origin, hostname } = new URL(parts.publicUrl);
    this.#parts = parts;
    this.#origin = origin;
    this.#host = hostname;
  }

  async list(userId: string): Promise<readonly PasskeyRow[]> {
    return listPasskeys(this.#parts.dataSource.manager, userId);
  }

  /** @throws ProblemError PASSKEYS_UNAVAILABLE, PASSKEYS_FULL */
  async beginEnrolment(session: SessionFacts): Promise<Begun<PublicKeyCredentialCreationOptionsJSON>> {
    const { userId, email, userName } = session;
    const known = await this.list(userId);
    if (known.length >= PASSKEYS_MAX) throw conflict('PASSKEYS_FULL', 'Too many passkeys', 'Remove one first.');
    const options = await generateRegistrationOptions({
      rpName: NAME,
      rpID: this.#rpId(),
      userID: new Uint8Array(Buffer.from(userId)),
      userName: email,
      userDisplayName: userName,
      attestationType: 'none',
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: transportsOf(transports),
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return this.#begin('passkey-enrolment', options, userId);
  }

  /**
   * Keeps the passkey that the browser made. The session has two factors from now on.
   * @throws ProblemError SIGN_IN_EXPIRED, SIGN_IN_REFUSED, PASSKEY_EXISTS
   */
  async enrol(
    session: SessionFacts,
    given: {
      readonly transaction: Buffer | undefined;
      readonly name: string;
      readonly response: RegistrationResponseJSON;
    },
    actor: AuditActor,
  ): Promise<SignInResult> {
    const { dataSource, logger } = this.#parts;
    const { userId, idHash } = session;
    const { transaction, name, response } = given;
    const taken = await this.#take('passkey-enrolment', transaction);
    if (taken.userId !== userId) throw signInExpired();
    const expected = { ...this.#expected(taken.challenge), response };
    const { registrationInfo } = await verified(verifyRegistrationResponse(expected));
    if (registrationInfo === undefined) throw passkeyRefused();
    const { id: credentialId, publicKey, counter, transports = [] } = registrationInfo.credential;
    const token = await withTransaction(dataSource, async (tx) => {
      await insertPasskey(tx, {
        id: randomUUID(),
        userId,
        credentialId: Buffer.from(credentialId, 'base64url'),
        publicKey: Buffer.from(publicKey),
        counter,
        transports,
        name,
      });
      await endSessions(tx, { userId, except: idHash });
      const target = { kind: 'person', id: userId } as const;
      await recordOfPerson(tx, actor, { action: 'person.factorAdded', target, details: { method: 'hwk' } });
      return renewToken(tx, session, { idHash, amr: [...new Set([...session.amr, 'hwk'])], proved: true });
    }).catch((error: unknown) => {
      const isKnown = violatedConstraint(error) === 'passkeys_credential_once';
      throw isKnown ? conflict('PASSKEY_EXISTS', 'An account has this passkey', 'Use another authenticator.') : error;
    });
    logger.warn('a passkey was added', { event: 'person.factor_added', userId, method: 'hwk' });
    return { next: 'done', session: token };
  }

  /** False if the person has no such passkey. */
  async remove({ userId, idHash }: SessionFacts, id: string, actor: AuditActor): Promise<boolean> {
    const { dataSource, logger } = this.#parts;
    const isGone = await withTransaction(dataSource, async (tx) => {
      if (!(await deletePasskey(tx, { id, userId }))) return false;
      await endSessions(tx, { userId, except: idHash });
      const target = { kind: 'person', id: userId } as const;
      await recordOfPerson(tx, actor, { action: 'person.factorRemoved', target, details: { method: 'hwk' } });
      return true;
    });
    if (isGone) logger.warn('a passkey was removed', { event: 'person.factor_removed', userId, method: 'hwk' });
    return isGone;
  }

  /** @throws ProblemError PASSKEYS_UNAVAILABLE */
  async beginSignIn(): Promise<Begun<PublicKeyCredentialRequestOptionsJSON>> {
    const options = await generateAuthenticationOptions({ rpID: this.#rpId(), userVerification: 'required' });
    return this.#begin('passkey-sign-in', options);
  }

  /**
   * A passkey is two factors and passes at any time, so that no stranger's failures keep a person out.
   * @throws ProblemError SIGN_IN_EXPIRED, SIGN_IN_REFUSED, MEMBERSHIP_MISSING
   */
  async signIn(
    { transaction, response }: { transaction: Buffer | undefined; response: AuthenticationResponseJSON },
    browser: Browser,
  ): Promise<SignInResult> {
    const { challenge } = await this.#take('passkey-sign-in', transaction);
    const passkey = await findPasskey(this.#parts.dataSource.manager, Buffer.from(response.id, 'base64url'));
    if (passkey === undefined) throw signInRefused();
    const { userId } = passkey;
    const expected = { ...this.#expected(challenge), response, credential: credentialOf(passkey, response.id) };
    const refused = { userId, method: 'hwk', by: browser } as const;
    const { verified: isRight, authenticationInfo } = await verified(verifyAuthenticationResponse(expected)).catch(
      (error: unknown) => {
        noteRefusal(this.#parts, refused);
        throw error;
      },
    );
    if (!isRight) throw signInRefused();
    return signIn(this.#parts, {
      proof: { userId, amr: ['hwk'] },
      browser,
      before: async (tx) => {
        if (await noteUse(tx, { id: passkey.id, counter: authenticationInfo.newCounter })) return;
        noteRefusal(this.#parts, refused);
        throw signInRefused();
      },
    });
  }

  /** WebAuthn knows names alone: on an address, as of the loopback, there are no passkeys. */
  #rpId(): string {
    if (isIP(this.#host.replaceAll(/[[\]]/g, '')) === 0) return this.#host;
    throw conflict(
      'PASSKEYS_UNAVAILABLE',
      'No passkeys under an address',
      'PUBLIC_URL must have a name: localhost, or a domain.',
    );
  }

  #expected(challenge: string) {
    return {
      expectedChallenge: challenge,
      expectedOrigin: this.#origin,
      expectedRPID: this.#rpId(),
      requireUserVerification: true,
    } as const;
  }

  async #begin<T extends { readonly challenge: string }>(
    purpose: 'passkey-enrolment' | 'passkey-sign-in',
    options: T,
    userId?: string,
  ): Promise<Begun<T>> {
    const { text, hash } = newToken();
    await insertTransaction(this.#parts.dataSource.manager, {
      idHash: hash,
      purpose,
      secret: { challenge: options.challenge },
      ...(userId === undefined ? {} : { userId }),
    });
    return { options, transaction: text };
  }

  async #take(purpose: 'passkey-enrolment' | 'passkey-sign-in', idHash: Buffer | undefined) {
    const taken = idHash && (await takeTransaction(this.#parts.dataSource.manager, { idHash, purpose }));
    const challenge = taken?.secret['challenge'];
    if (taken === undefined || challenge === undefined) throw signInExpired();
    return { userId: taken.userId, challenge };
  }
}

function credentialOf({ publicKey, counter, transports }: StoredPasskey, id: string) {
  return {
    id,
    publicKey: new Uint8Array(publicKey),
    counter: Number(counter),
    transports: transportsOf(transports),
  };
}

const TRANSPORTS: readonly AuthenticatorTransport[] = ['ble', 'hybrid', 'internal', 'nfc', 'usb'];

function transportsOf(texts: readonly string[]): AuthenticatorTransport[] {
  return TRANSPORTS.filter((each) => texts.includes(each));
}

/** The library throws for an answer that is not of this challenge, origin or key, or not well formed. */
async function verified<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw passkeyRefused(error);
  }
}

function passkeyRefused(cause?: unknown): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGN_IN_REFUSED',
    title: 'Not signed in',
    detail: 'The passkey is not one of this address, or was not asked for.',
    cause,
  });
}
