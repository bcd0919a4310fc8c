import type { AuditActor } from '#audit';
import { withTransaction } from '#database';
import { hashToken, type Browser, type SessionFacts } from '#sessions';
import { findLink, useLink } from '../accounts/account-link.queries.ts';
import { findAccount, setPassword, type Account } from '../accounts/account.queries.ts';
import { useRecoveryCode } from '../accounts/recovery-code.queries.ts';
import { personActor, recordOfPerson } from '../actor.ts';
import { endSessions } from '../end-sessions.ts';
import { checkTotp } from '../factors/check-totp.ts';
import { hashRecoveryCode } from '../factors/recovery-codes.ts';
import type { IdentityParts } from '../parts.ts';
import { conflict, linkInvalid, orBusy, passwordRefused, signInRefused } from '../problems.ts';
import { beginAttempt, ofSession } from '../sign-in/guarded-attempt.ts';
import { noteRefusal } from '../sign-in/note-refusal.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { passwordFault } from './password-rules.ts';

/** A new password, by a person that is signed in or by a link. */
export class PasswordChanges {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /**
   * Every other session of the person ends. `current` is needed of a person that has a password.
   * @throws ProblemError SIGN_IN_REFUSED, SIGN_IN_DELAYED, FIELD_INVALID, SIGN_INS_FULL
   */
  async change(
    session: SessionFacts,
    { current = '', password }: { readonly current?: string | undefined; readonly password: string },
    actor: AuditActor,
  ): Promise<void> {
    const { dataSource, logger } = this.#parts;
    const account = await findAccount(dataSource.manager, session.userId);
    if (account === undefined) throw signInRefused();
    const { id, passwordHash } = account;
    refuseWeak(account, [session.organizationName], password);
    const attempt = await beginAttempt(dataSource.manager, ofSession(session));
    if (passwordHash !== null && !(await orBusy(verifyPassword(current, passwordHash)))) {
      noteRefusal(this.#parts, { userId: id, method: 'pwd', by: actor });
      throw signInRefused();
    }
    const newHash = await orBusy(hashPassword(password));
    await withTransaction(dataSource, async (tx) => {
      await attempt.succeed(tx);
      await setPassword(tx, id, newHash);
      await endSessions(tx, { userId: id, except: session.idHash });
      await recordOfPerson(tx, actor, {
        action: 'person.passwordChanged',
        target: { kind: 'person', id },
        details: {},
      });
    });
    logger.warn('a password was changed', { event: 'person.password_changed', userId: id });
  }

  /**
   * Sets a new password by a link, which is used up. A person with an app for codes gives a code or a recovery code
   * too. Every session ends.
   * @throws ProblemError LINK_INVALID, SECOND_FACTOR_NEEDED, SIGN_IN_REFUSED, SIGN_IN_DELAYED, FIELD_INVALID,
   *   SIGN_INS_FULL
   */
  async reset(
    given: {
      readonly token: string;
      readonly password: string;
      readonly code?: string | undefined;
      readonly recoveryCode?: string | undefined;
    },
    browser: Browser,
  ): Promise<void> {
    const { dataSource, logger, box } = this.#parts;
    const { account, link } = await this.#link(given.token);
    const { id } = account;
    refuseWeak(account, [], given.password);
    if (account.hasTotp && given.code === undefined && given.recoveryCode === undefined) throw secondFactorNeeded();
    const attempt = await beginAttempt(dataSource.manager, account.email);
    const newHash = await orBusy(hashPassword(given.password));
    await withTransaction(dataSource, async (tx) => {
      if (account.hasTotp) {
        const { code, recoveryCode = '' } = given;
        const hash = hashRecoveryCode(recoveryCode);
        const isRight =
          code === undefined
            ? hash !== undefined && (await useRecoveryCode(tx, id, hash))
            : await checkTotp(tx, account, { code, box });
        if (!isRight) {
          noteRefusal(this.#parts, { userId: id, method: code === undefined ? 'rec' : 'otp', by: browser });
          throw signInRefused();
        }
      }
      if (!(await useLink(tx, link))) throw linkInvalid();
      await attempt.succeed(tx);
      await setPassword(tx, id, newHash);
      await endSessions(tx, { userId: id });
      await recordOfPerson(tx, personActor({ userId: id }, browser), {
        action: 'person.passwordReset',
        target: { kind: 'person', id },
        details: {},
      });
    });
    logger.warn('a password was reset', { event: 'person.password_reset', userId: id });
  }

  async #link(token: string) {
    const db = this.#parts.dataSource.manager;
    const hash = hashToken(token);
    const link = hash && ({ hash, purpose: 'password-reset' } as const);
    const found = link && (await findLink(db, link));
    const account = typeof found?.userId === 'string' ? await findAccount(db, found.userId) : undefined;
    if (link === undefined || account === undefined) throw linkInvalid();
    return { account, link };
  }
}

function refuseWeak({ email, name }: Account, context: readonly string[], password: string): void {
  const fault = passwordFault(password, [email, name, ...context]);
  if (fault !== undefined) throw passwordRefused('password', fault);
}

function secondFactorNeeded() {
  return conflict(
    'SECOND_FACTOR_NEEDED',
    'A code is needed too',
    'Give the code of the authenticator app, or a recovery code. The link still works.',
  );
}
