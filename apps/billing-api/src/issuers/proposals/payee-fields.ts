import type { IssuerChange } from '#contracts/http';

/** The fields that name the payee and the account. A change of one of them waits for a second person. */
const PAYEE_FIELDS = [
  'name',
  'document',
  'bankCode',
  'account',
  'pix',
] as const satisfies readonly (keyof IssuerChange)[];

/** The fields of a change that wait for a second person. A field that is sent as it is counts too. */
export function payeeFieldsOf(change: IssuerChange): readonly string[] {
  return PAYEE_FIELDS.filter((field) => change[field] !== undefined);
}
