import { fieldsInvalid } from '#http';

/** The operator that X-Operator names. The APIs have no authentication of their own (docs/runbook.md). */
export function operatorOf(header: string | undefined): string {
  if (header === undefined || header.trim() === '') return 'api';
  const operator = header.trim();
  if (/^[\x20-\x7e]{1,100}$/.test(operator)) return operator;
  throw fieldsInvalid([
    { field: 'X-Operator', code: 'invalid', message: 'expected at most 100 printable ASCII characters' },
  ]);
}
