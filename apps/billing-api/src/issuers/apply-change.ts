import type { TenantDb, TenantTx } from '#access';
import type { CalendarDate } from '#calendar';
import { fieldsInvalid, ProblemError } from '#http';
import { isBilled, lockCounter, lockIssuer, moveToAccount, raiseCounter, updateIssuer } from './change.queries.ts';
import { changedMeanwhile } from './entity-tag.ts';
import { numberingOf } from './issuer-numbering.ts';
import type { Issuer } from './issuer.queries.ts';
import type { PlannedChange } from './plan-change.ts';

/**
 * Writes a planned change, if the issuer is still as it was when the change was planned.
 * @throws ProblemError PRECONDITION_FAILED, ISSUER_FIELD_FIXED, or FIELD_INVALID for a number that would go back
 */
export async function applyChange(
  tx: TenantTx,
  { stored, change, today }: { readonly stored: Issuer; readonly change: PlannedChange; readonly today: CalendarDate },
): Promise<void> {
  const { issuer, logo, isMoved, isNumberAsked, fixedFields } = change;
  const isCounterNeeded = isMoved || isNumberAsked;
  const counter = isCounterNeeded ? await lockCounter(tx, stored.id) : stored.nextNossoNumero;
  const isFixedChanged = fixedFields.length > 0;
  if (!(await lockIssuer(tx, stored, { alone: isFixedChanged }))) throw changedMeanwhile();
  await refuseFixedFields(tx, stored.id, fixedFields);

  if (isMoved) await moveToAccount(tx, stored.id, issuer.account, issuer.nextNossoNumero);
  else if (isNumberAsked && issuer.nextNossoNumero !== counter) {
    if (issuer.nextNossoNumero < counter) throw numberUsed(numberingOf(issuer.account, counter, today).nextNossoNumero);
    await raiseCounter(tx, stored.id, issuer.nextNossoNumero);
  }
  await updateIssuer(tx, issuer, logo);
}

/** @throws ProblemError ISSUER_FIELD_FIXED if such fields are changed after the first debt */
export async function refuseFixedFields(db: TenantDb, issuerId: string, fields: readonly string[]): Promise<void> {
  if (fields.length > 0 && (await isBilled(db, issuerId))) throw fieldsFixed(fields);
}

function fieldsFixed(fields: readonly string[]): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'ISSUER_FIELD_FIXED',
    title: 'The first debt of an issuer fixes its document and its account',
    detail:
      `${fields.join(', ')} cannot be changed: the issuer has debts, or a file that is being processed. ` +
      'Leave these fields out, or register another issuer.',
    extra: {
      errors: fields.map((field) => ({ field, code: 'fixed', message: 'cannot be changed after the first debt' })),
    },
  });
}

function numberUsed(next: string): ProblemError {
  return fieldsInvalid([
    {
      field: 'nextNossoNumero',
      code: 'too_small',
      message: `numbers below ${next} may have been used: must be ${next} or more`,
    },
  ]);
}
