import { randomUUID } from 'node:crypto';
import { recordAudit } from '#audit';
import { withTransaction, type Db } from '#database';
import { hashToken, newToken, type Browser } from '#sessions';
import { findLink, replaceLink, useLink } from '../accounts/account-link.queries.ts';
import { hasAccounts, insertAccount } from '../accounts/account.queries.ts';
import { personActor } from '../actor.ts';
import { insertMembership, renameOrganization } from '../members/member.queries.ts';
import type { IdentityParts } from '../parts.ts';
import { hashPassword } from '../passwords/password-hash.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import { linkInvalid, orBusy, passwordRefused } from '../problems.ts';
import { finishSignIn, type SignInResult } from './finish.ts';

const LINK_SECONDS = 24 * 60 * 60;
/** The organization that always exists (migration 0022). */
const DEFAULT_ORGANIZATION_ID = '00000000-0000-4000-8000-000000000001';

export interface FirstAccount {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly organization: string;
  readonly password: string;
}

/**
 * The link with which the first person makes an account, in place of one that was made before; undefined when there is
 * an account. It works once, for a day. Its secret stands behind a #, which browsers send to no server.
 */
export async function makeSetupLink(
  { dataSource }: Pick<IdentityParts, 'dataSource'>,
  publicUrl: string,
): Promise<string | undefined> {
  if (await hasAccounts(dataSource.manager)) return undefined;
  const { text, hash } = newToken();
  await withTransaction(dataSource, (tx) =>
    replaceLink(tx, { hash, purpose: 'setup', userId: null, seconds: LINK_SECONDS }),
  );
  return `${publicUrl}/setup#${text}`;
}

/** Makes the first person, an admin of the default organization. */
export class Setup {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** @throws ProblemError LINK_INVALID, FIELD_INVALID, SIGN_INS_FULL */
  async run(account: FirstAccount, browser: Browser): Promise<SignInResult> {
    const { dataSource, logger } = this.#parts;
    const { token, name, email, organization, password } = account;
    const link = await this.#link(dataSource.manager, token);
    const fault = passwordFault(password, [email, name, organization]);
    if (fault !== undefined) throw passwordRefused('password', fault);
    const passwordHash = await orBusy(hashPassword(password));
    const userId = randomUUID();
    const result = await withTransaction(dataSource, async (tx) => {
      if (!(await useLink(tx, link)) || (await hasAccounts(tx))) throw linkInvalid();
      await insertAccount(tx, { id: userId, email, name, passwordHash });
      await renameOrganization(tx, { id: DEFAULT_ORGANIZATION_ID, name: organization });
      await insertMembership(tx, {
        userId,
        organizationId: DEFAULT_ORGANIZATION_ID,
        role: 'admin',
        issuerIds: null,
      });
      await recordAudit(tx, personActor({ userId, organizationId: DEFAULT_ORGANIZATION_ID }, browser), {
        action: 'person.setUp',
        target: { kind: 'person', id: userId },
        details: {},
      });
      return finishSignIn(tx, { userId, amr: ['pwd'] }, browser);
    });
    logger.warn('the first account was set up', { event: 'person.set_up', userId });
    return result;
  }

  async #link(db: Db, token: string) {
    const hash = hashToken(token);
    const link = hash && ({ hash, purpose: 'setup' } as const);
    if (link === undefined || (await findLink(db, link)) === undefined) throw linkInvalid();
    return link;
  }
}
