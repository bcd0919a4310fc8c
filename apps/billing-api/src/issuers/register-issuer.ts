import { randomUUID } from 'node:crypto';
import type { TenantTx } from '#access';
import type { CalendarDate } from '#calendar';
import type { IssuerChange, IssuerRequest } from '#contracts/http';
import { applyChange, refuseFixedFields } from './apply-change.ts';
import { parseIssuer } from './issuer-request.ts';
import { insertIssuer, type Issuer } from './issuer.queries.ts';
import { mergeChange, planChange } from './plan-change.ts';

/**
 * Registers an issuer and returns its id.
 * @throws ProblemError FIELD_INVALID, as parseIssuer does
 */
export async function registerIssuer(tx: TenantTx, request: IssuerRequest, today: CalendarDate): Promise<string> {
  const issuer = parseIssuer(request, { id: randomUUID(), today });
  await insertIssuer(tx, issuer);
  return issuer.id;
}

/**
 * Changes an issuer, if it is still as it was stored.
 * @throws ProblemError FIELD_INVALID, ISSUER_FIELD_FIXED or PRECONDITION_FAILED
 */
export async function changeIssuer(
  tx: TenantTx,
  wanted: { readonly stored: Issuer; readonly change: IssuerChange; readonly today: CalendarDate },
): Promise<void> {
  const { stored, today } = wanted;
  const merged = mergeChange(stored, wanted.change);
  await refuseFixedFields(tx, stored.id, merged.fixedFields);
  await applyChange(tx, { stored, change: planChange(merged, wanted), today });
}
