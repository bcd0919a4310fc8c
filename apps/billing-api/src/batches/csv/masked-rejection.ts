import { maskEmail, maskForReader } from '#observability';
import { maskDocument, normaliseDocument } from '#tax-ids';
import type { RejectionRow } from './batch-csv.queries.ts';

const HIDDEN = '***';

/** Fields whose wrong value may be shown, once documents and addresses in it are masked. */
const HARMLESS: ReadonlySet<string> = new Set(['debtAmount', 'debtDueDate', 'debtId']);

/**
 * A rejection for readers that may not see personal data. The row as it came is hidden: a bad row may have anything in
 * any place. Of a wrong document or e-mail address enough is left to tell two apart.
 */
export function maskedRejection({ line, problems }: RejectionRow): RejectionRow {
  return {
    line,
    raw: HIDDEN,
    problems: problems.map(({ field = null, code, value = null, message }) => ({
      field,
      code,
      value: value === null ? null : maskedValue(field ?? '', value),
      message: maskForReader(message),
    })),
  };
}

function maskedValue(field: string, value: string): string {
  if (field === 'governmentId') return maskDocument(normaliseDocument(value) ?? '');
  if (field === 'email') return maskEmail(value.trim());
  return HARMLESS.has(field) ? maskForReader(value) : HIDDEN;
}
