import { countSignIn } from '#access';
import type { AuditActor } from '#audit';
import { withTransaction, type Db } from '#database';
import { networkKey } from '#http';
import { hasTwoFactors, newToken, type Browser, type Method, type SessionFacts } from '#sessions';
import { findAccount, findAccountByEmail, setPassword, type Account } from '../accounts/account.queries.ts';
import { useRecoveryCode } from '../accounts/recovery-code.queries.ts';
import { recordOfPerson } from '../actor.ts';
import { checkTotp } from '../factors/check-totp.ts';
import { hashRecoveryCode } from '../factors/recovery-codes.ts';
import type { IdentityParts } from '../parts.ts';
import { hashPassword, needsRehash, verifyPassword } from '../passwords/password-hash.ts';
import { orBusy, signInExpired, signInRefused } from '../problems.ts';
import { renewToken } from '../renew-token.ts';
import { signIn, type SignInResult } from './finish.ts';
import { beginAttempt, ofSession } from './guarded-attempt.ts';
import { findTransaction, insertTransaction, takeTransaction } from './login-transaction.queries.ts';
import { noteRefusal } from './note-refusal.ts';

/** The code that is typed as the second factor. */
export type SecondFactor = { readonly code: string } | { readonly recoveryCode: string };

/** Sign-in with a password, and with what comes after it. */
export class SignIn {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** @throws ProblemError RATE_LIMITED, SIGN_IN_REFUSED, SIGN_IN_DELAYED, SIGN_INS_FULL, MEMBERSHIP_MISSING */
  async password(
    { email, password }: { readonly email: string; readonly password: string },
    browser: Browser,
  ): Promise<SignInResult> {
    const { signInsPerMinute, dataSource } = this.#parts;
    const db = dataSource.manager;
    await countSignIn(db, {
      network: networkKey(browser.ip),
      account: email.toLowerCase(),
      perMinute: signInsPerMinute,
    });
    const attempt = await beginAttempt(db, email);
    const account = await findAccountByEmail(db, email);
    if (!(await orBusy(verifyPassword(password, account?.passwordHash))) || account === undefined) {
      noteRefusal(this.#parts, { userId: account?.id, method: 'pwd', by: browser });
      throw signInRefused();
    }
    await this.#rehash(account, password);
    if (account.hasTotp || account.passkeys > 0) {
      await attempt.goOn(db);
      return this.#secondFactor(account, ['pwd']);
    }
    await attempt.succeed(db);
    return signIn(this.#parts, { proof: { userId: account.id, amr: ['pwd'] }, browser });
  }

  /**
   * The second factor of a sign-in that `transaction` (the hash of its cookie) began.
   * @throws ProblemError SIGN_IN_EXPIRED, SIGN_IN_REFUSED, SIGN_IN_DELAYED, MEMBERSHIP_MISSING
   */
  async secondFactor(transaction: Buffer | undefined, factor: SecondFactor, browser: Browser): Promise<SignInResult> {
    const db = this.#parts.dataSource.manager;
    const which = transaction && ({ idHash: transaction, purpose: 'second-factor' } as const);
    const begun = which && (await findTransaction(db, which));
    const account = typeof begun?.userId === 'string' ? await findAccount(db, begun.userId) : undefined;
    if (which === undefined || begun === undefined || account === undefined) throw signInExpired();
    const attempt = await beginAttempt(db, account.email);
    const method = await this.#check(db, account, factor);
    if (method === undefined) {
      noteRefusal(this.#parts, { userId: account.id, method: 'code' in factor ? 'otp' : 'rec', by: browser });
      throw signInRefused();
    }
    const amr = [...begun.amr.filter((each) => each === 'pwd' || each === 'oidc'), method];
    return signIn(this.#parts, {
      proof: { userId: account.id, amr },
      browser,
      before: async (tx) => {
        if ((await takeTransaction(tx, which)) === undefined) throw signInExpired();
        await attempt.succeed(tx);
      },
    });
  }

  /** Begins the wait for the second factor of a person that has proved the first. */
  async #secondFactor({ id, hasTotp }: Account, amr: readonly Method[]): Promise<SignInResult> {
    const { text, hash } = newToken();
    const transaction = { idHash: hash, purpose: 'second-factor', userId: id, amr } as const;
    await insertTransaction(this.#parts.dataSource.manager, transaction);
    return { next: hasTotp ? 'totp' : 'passkey', transaction: text };
  }

  /**
   * Proves the person of a session again, and returns the session's new token.
   * @throws ProblemError SIGN_IN_REFUSED, SIGN_IN_DELAYED, SIGN_INS_FULL, SIGN_IN_EXPIRED
   */
  async stepUp(
    session: SessionFacts,
    given: { readonly password?: string | undefined; readonly code?: string | undefined },
    actor: AuditActor,
  ): Promise<SignInResult> {
    const { dataSource, logger } = this.#parts;
    const db = dataSource.manager;
    const attempt = await beginAttempt(db, ofSession(session));
    const account = await findAccount(db, session.userId);
    if (account === undefined) throw signInRefused();
    const methods = await this.#proveAgain(db, account, given);
    if (methods === undefined) {
      noteRefusal(this.#parts, { userId: account.id, method: 'pwd', by: actor });
      throw signInRefused();
    }
    // The proofs of the sign-in stay: a password alone does not take the second factor from a session.
    const amr = [...new Set([...session.amr, ...methods])];
    const token = await withTransaction(dataSource, async (tx) => {
      await attempt.succeed(tx);
      const target = { kind: 'person', id: account.id } as const;
      await recordOfPerson(tx, actor, { action: 'person.steppedUp', target, details: { methods: [...methods] } });
      return renewToken(tx, session, { idHash: session.idHash, amr, proved: true });
    });
    logger.info('a person stepped up', { event: 'person.stepped_up', userId: account.id, methods });
    return { next: hasTwoFactors(amr) ? 'done' : 'enrol', session: token };
  }

  /** Every factor that the person has here must be right. A person with passkeys alone signs in with one again. */
  async #proveAgain(
    db: Db,
    account: Account,
    { password, code }: { readonly password?: string | undefined; readonly code?: string | undefined },
  ): Promise<readonly Method[] | undefined> {
    const methods: Method[] = [];
    if (account.passwordHash !== null) {
      if (!(await orBusy(verifyPassword(password ?? '', account.passwordHash)))) return undefined;
      methods.push('pwd');
    }
    if (account.hasTotp) {
      if (code === undefined || !(await checkTotp(db, account, { code, box: this.#parts.box }))) return undefined;
      methods.push('otp');
    }
    // A password alone does not stand for the passkey beside it.
    const isWhole = account.hasTotp || account.passkeys === 0;
    return isWhole && methods.length > 0 ? methods : undefined;
  }

  async #check(db: Db, account: Account, factor: SecondFactor): Promise<'otp' | 'rec' | undefined> {
    if ('code' in factor) {
      const isRight = account.hasTotp && (await checkTotp(db, account, { code: factor.code, box: this.#parts.box }));
      return isRight ? 'otp' : undefined;
    }
    const hash = hashRecoveryCode(factor.recoveryCode);
    return hash !== undefined && (await useRecoveryCode(db, account.id, hash)) ? 'rec' : undefined;
  }

  async #rehash({ id, passwordHash }: Account, password: string): Promise<void> {
    if (passwordHash === null || !needsRehash(passwordHash)) return;
    await setPassword(this.#parts.dataSource.manager, id, await orBusy(hashPassword(password)));
  }
}
