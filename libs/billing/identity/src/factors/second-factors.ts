import type { AuditActor } from '#audit';
import { withTransaction, type Tx } from '#database';
import { hasTwoFactors, type SessionFacts } from '#sessions';
import { beginTotp, findAccount, removeTotp, type Account } from '../accounts/account.queries.ts';
import { countRecoveryCodes, replaceRecoveryCodes } from '../accounts/recovery-code.queries.ts';
import { recordOfPerson } from '../actor.ts';
import { endSessions } from '../end-sessions.ts';
import type { IdentityParts } from '../parts.ts';
import { conflict, signInExpired, signInRefused } from '../problems.ts';
import { renewToken } from '../renew-token.ts';
import type { SignInResult } from '../sign-in/finish.ts';
import { beginAttempt, ofSession } from '../sign-in/guarded-attempt.ts';
import { base32 } from './base32.ts';
import { checkTotp, seedPlace } from './check-totp.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import { newTotpSeed, totpUri } from './totp.ts';

/** The name of an account in an authenticator app begins with it. */
const ISSUER = 'Smart Billing';

/** The secret that an authenticator app is given. Told once. */
export interface TotpEnrolment {
  readonly secret: string;
  readonly uri: string;
}

/** The app for codes of a person, and the codes for the day it is lost. */
export class SecondFactors {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** @throws ProblemError TOTP_EXISTS */
  async beginTotp({ userId, email }: SessionFacts): Promise<TotpEnrolment> {
    const { dataSource, box } = this.#parts;
    const seed = newTotpSeed();
    const sealed = box.seal(seed, seedPlace(userId));
    if (!(await beginTotp(dataSource.manager, userId, sealed))) {
      throw conflict('TOTP_EXISTS', 'There is an app already', 'Remove it first.');
    }
    return { secret: base32(seed), uri: totpUri(seed, { issuer: ISSUER, account: email }) };
  }

  /**
   * The first code of the app. From now on codes are asked for, and the session has two factors.
   * @throws ProblemError TOTP_EXISTS, TOTP_NOT_BEGUN, SIGN_IN_REFUSED, SIGN_IN_DELAYED, SIGN_IN_EXPIRED
   */
  async confirmTotp(
    session: SessionFacts,
    code: string,
    actor: AuditActor,
  ): Promise<SignInResult & { readonly recoveryCodes: readonly string[] }> {
    const { dataSource, logger, box } = this.#parts;
    const { userId } = session;
    const attempt = await beginAttempt(dataSource.manager, ofSession(session));
    const account = await this.#account(session);
    if (account.hasTotp) throw conflict('TOTP_EXISTS', 'There is an app already', 'Remove it first.');
    if (account.totpSeed === null) throw conflict('TOTP_NOT_BEGUN', 'No app was begun', 'POST /v1/me/totp begins one.');
    const amr = [...new Set([...session.amr, 'otp'])];
    const recoveryCodes = newRecoveryCodes();
    const token = await withTransaction(dataSource, async (tx) => {
      if (!(await checkTotp(tx, account, { code, box }))) throw signInRefused();
      await attempt.succeed(tx);
      await replaceRecoveryCodes(tx, userId, hashesOf(recoveryCodes));
      await endOtherSessions(tx, session);
      await recordOfPerson(tx, actor, { action: 'person.factorAdded', target: personOf(session), details: TOTP });
      return renewToken(tx, session, { idHash: session.idHash, amr, proved: true });
    });
    logger.warn('a second factor was added', { event: 'person.factor_added', userId, method: 'otp' });
    return { next: hasTwoFactors(amr) ? 'done' : 'enrol', session: token, recoveryCodes };
  }

  /** Takes the app away, with the recovery codes. @throws ProblemError TOTP_MISSING */
  async removeTotp(session: SessionFacts, actor: AuditActor): Promise<void> {
    const { dataSource, logger } = this.#parts;
    const { userId } = session;
    if (!(await this.#account(session)).hasTotp) throw totpMissing();
    await withTransaction(dataSource, async (tx) => {
      await removeTotp(tx, userId);
      await replaceRecoveryCodes(tx, userId, []);
      await endOtherSessions(tx, session);
      await recordOfPerson(tx, actor, { action: 'person.factorRemoved', target: personOf(session), details: TOTP });
    });
    logger.warn('a second factor was removed', { event: 'person.factor_removed', userId, method: 'otp' });
  }

  /** Ten new recovery codes in place of those before. @throws ProblemError TOTP_MISSING */
  async newRecoveryCodes(session: SessionFacts, actor: AuditActor): Promise<readonly string[]> {
    const { dataSource, logger } = this.#parts;
    const { userId } = session;
    if (!(await this.#account(session)).hasTotp) throw totpMissing();
    const codes = newRecoveryCodes();
    await withTransaction(dataSource, async (tx) => {
      await replaceRecoveryCodes(tx, userId, hashesOf(codes));
      await recordOfPerson(tx, actor, { action: 'person.recoveryCodes', target: personOf(session), details: {} });
    });
    logger.warn('recovery codes were made anew', { event: 'person.recovery_codes', userId });
    return codes;
  }

  async recoveryCodesLeft(userId: string): Promise<number> {
    return countRecoveryCodes(this.#parts.dataSource.manager, userId);
  }

  async #account({ userId }: SessionFacts): Promise<Account> {
    const account = await findAccount(this.#parts.dataSource.manager, userId);
    if (account === undefined) throw signInExpired();
    return account;
  }
}

const TOTP = { method: 'otp' } as const;

function personOf({ userId }: SessionFacts) {
  return { kind: 'person', id: userId } as const;
}

/** The person signs in again elsewhere, with the factors that there are now. */
async function endOtherSessions(tx: Tx, { userId, idHash }: SessionFacts): Promise<void> {
  await endSessions(tx, { userId, except: idHash });
}

function hashesOf(codes: readonly string[]): readonly Buffer[] {
  return codes.flatMap((code) => hashRecoveryCode(code) ?? []);
}

function totpMissing() {
  return conflict('TOTP_MISSING', 'There is no app', 'POST /v1/me/totp begins one.');
}
