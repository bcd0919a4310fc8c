import { randomUUID } from 'node:crypto';
import { checkRoomFor, type Principal, type TenantTx } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import type { CalendarDate } from '#calendar';
import type { IssuerChange, IssuerRequest } from '#contracts/http';
import { applyChange, refuseFixedFields } from './apply-change.ts';
import { parseIssuer } from './issuer-request.ts';
import { insertIssuer, type Issuer } from './issuer.queries.ts';
import { maskAccount } from './mask-account.ts';
import { mergeChange, planChange, type PlannedChange } from './plan-change.ts';

/** The caller, and what events say of it and of the proposal that was approved. */
export interface IssuerAct {
  readonly caller: Principal;
  readonly actor: AuditActor;
  readonly today: CalendarDate;
  /** Undefined where no second person has approved. */
  readonly proposalId?: string;
}

/**
 * Registers an issuer and returns its id.
 * @throws ProblemError FIELD_INVALID, as parseIssuer does, or LIMIT_REACHED
 */
export async function registerIssuer(tx: TenantTx, request: IssuerRequest, act: IssuerAct): Promise<string> {
  const issuer = parseIssuer(request, { id: randomUUID(), today: act.today });
  await checkRoomFor(tx, 'issuers', act.caller);
  await insertIssuer(tx, issuer);
  const details = { account: maskAccount(issuer.account), version: 1, ...proposalOf(act) };
  await recordAudit(tx, act.actor, { action: 'issuer.created', target: { kind: 'issuer', id: issuer.id }, details });
  return issuer.id;
}

/**
 * Changes an issuer, if it is still as it was stored.
 * @throws ProblemError FIELD_INVALID, ISSUER_FIELD_FIXED or PRECONDITION_FAILED
 */
export async function changeIssuer(
  tx: TenantTx,
  { stored, change }: { readonly stored: Issuer; readonly change: IssuerChange },
  act: IssuerAct,
): Promise<void> {
  const { today } = act;
  const merged = mergeChange(stored, change);
  await refuseFixedFields(tx, stored.id, merged.fixedFields);
  const planned = planChange(merged, { stored, change, today });
  await applyChange(tx, { stored, change: planned, today });
  const details = { ...changeOf(stored, change, planned), ...proposalOf(act) };
  await recordAudit(tx, act.actor, { action: 'issuer.changed', target: { kind: 'issuer', id: stored.id }, details });
}

/** A change as the audit keeps it: the names of the fields, and of an account the end of its number. */
function changeOf(stored: Issuer, change: IssuerChange, { issuer, isMoved }: PlannedChange) {
  const accounts = { accountBefore: maskAccount(stored.account), accountAfter: maskAccount(issuer.account) };
  return { fields: Object.keys(change), version: stored.version + 1, ...(isMoved ? accounts : {}) };
}

function proposalOf({ proposalId }: IssuerAct): { readonly proposalId?: string } {
  return proposalId === undefined ? {} : { proposalId };
}
