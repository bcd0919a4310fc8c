import { randomUUID } from 'node:crypto';
import { checkRoomForMember } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { violatedConstraint, withTransaction, type Db, type Tx } from '#database';
import { hashToken, type Browser, type SessionFacts } from '#sessions';
import { activeMemberships, insertAccount } from '../accounts/account.queries.ts';
import { forgetLinks } from '../accounts/forget-proofs.queries.ts';
import { personActor } from '../actor.ts';
import type { IdentityParts } from '../parts.ts';
import { hashPassword } from '../passwords/password-hash.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import { conflict, linkInvalid, orBusy, passwordRefused } from '../problems.ts';
import { finishSignIn, type SignInResult } from '../sign-in/finish.ts';
import { deleteInvitation, findInvitation, type Invitation } from './invitation.queries.ts';
import { insertMembership } from './member.queries.ts';

/**
 * Uses an invitation up and makes the person a member.
 * @param actor the person; the event is one of the organization that the person joins
 * @throws ProblemError LIMIT_REACHED, ROLE_OF_PLATFORM, LINK_INVALID if it was used meanwhile, ALREADY_MEMBER
 */
export async function joinBy(
  tx: Tx,
  invitation: Invitation,
  actor: AuditActor & { readonly id: string },
): Promise<void> {
  const { id, organizationId, email, role, issuerIds } = invitation;
  const memberships = await activeMemberships(tx, actor.id);
  if (memberships.some((each) => each.role === 'platform')) throw operatorElsewhere();
  await checkRoomForMember(tx, { organizationId, email });
  if (!(await deleteInvitation(tx, invitation))) throw linkInvalid();
  const joined = await insertMembership(tx, { userId: actor.id, organizationId, role, issuerIds });
  if (joined) {
    await forgetLinks(tx, actor.id);
    const target = { kind: 'invitation', id } as const;
    const by = { ...actor, organizationId };
    return recordAudit(tx, by, { action: 'invitation.accepted', target, details: { role } });
  }
  throw conflict('ALREADY_MEMBER', 'A member already', 'The person is a member of the organization.');
}

/** Accepting an invitation by its link. */
export class Invitations {
  readonly #parts: IdentityParts;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /**
   * Makes an account for the address that was invited.
   * @throws ProblemError LINK_INVALID, ACCOUNT_EXISTS, FIELD_INVALID, LIMIT_REACHED, SIGN_INS_FULL
   */
  async acceptAsNew(
    { token, name, password }: { readonly token: string; readonly name: string; readonly password: string },
    browser: Browser,
  ): Promise<SignInResult> {
    const { dataSource, logger } = this.#parts;
    const invitation = await this.#find(dataSource.manager, token);
    const fault = passwordFault(password, [invitation.email, name]);
    if (fault !== undefined) throw passwordRefused('password', fault);
    const passwordHash = await orBusy(hashPassword(password));
    const id = randomUUID();
    const result = await withTransaction(dataSource, async (tx) => {
      await insertAccount(tx, { id, email: invitation.email, name, passwordHash });
      await joinBy(tx, invitation, personActor({ userId: id, organizationId: invitation.organizationId }, browser));
      return finishSignIn(tx, { userId: id, amr: ['pwd'] }, browser);
    }).catch((error: unknown) => {
      throw violatedConstraint(error) === 'users_email_once' ? accountExists() : error;
    });
    logger.info('an invitation was accepted', { event: 'invitation.accepted', userId: id, id: invitation.id });
    return result;
  }

  /**
   * Makes a person that is signed in a member.
   * @throws ProblemError LINK_INVALID if it is none, or for another address; ALREADY_MEMBER, LIMIT_REACHED
   */
  async acceptAs({ userId, email }: SessionFacts, token: string, actor: AuditActor): Promise<Invitation> {
    const { dataSource, logger } = this.#parts;
    const invitation = await this.#find(dataSource.manager, token);
    if (invitation.email !== email) throw linkInvalid();
    await withTransaction(dataSource, (tx) => joinBy(tx, invitation, { ...actor, id: userId }));
    logger.info('an invitation was accepted', { event: 'invitation.accepted', userId, id: invitation.id });
    return invitation;
  }

  async #find(db: Db, token: string): Promise<Invitation> {
    const tokenHash = hashToken(token);
    const invitation = tokenHash && (await findInvitation(db, tokenHash));
    if (invitation === undefined) throw linkInvalid();
    return invitation;
  }
}

function operatorElsewhere() {
  return conflict(
    'ROLE_OF_PLATFORM',
    'An operator of the platform',
    'No person acts for the platform and for an organization. Use another address.',
  );
}

function accountExists() {
  return conflict(
    'ACCOUNT_EXISTS',
    'This address has an account',
    'Sign in with it, and accept the invitation then: POST /v1/me/invitations.',
  );
}
