import type { CalendarDate } from '#calendar';
import type { IssuerView } from '#contracts/http';
import type { ColumnMapping } from '#debts-csv';
import { formatDocument } from '#tax-ids';
import { numberingOf } from './issuer-numbering.ts';
import type { Issuer } from './issuer.queries.ts';

/** An issuer as answers show it on this day. */
export function issuerView(
  issuer: Issuer,
  { baseUrl, today }: { readonly baseUrl: string; readonly today: CalendarDate },
): IssuerView {
  const {
    account,
    document,
    nextNossoNumero,
    pix,
    sacador,
    mapping,
    createdAt,
    updatedAt,
    version: _,
    ...rest
  } = issuer;
  const { bankCode, ...accountFields } = account;
  return {
    ...rest,
    document: formatDocument(document),
    bankCode,
    account: accountFields,
    // A bigint has no JSON; a number would lose digits.
    ...numberingOf(account, nextNossoNumero, today),
    pix: pix ?? null,
    sacador: sacador === undefined ? null : { ...sacador, document: formatDocument(sacador.document) },
    instructions: [...issuer.instructions],
    mapping: mapping === undefined ? null : titlesByField(mapping),
    accountSharedWith: [...issuer.accountSharedWith],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    links: { self: `${baseUrl}/v1/issuers/${issuer.id}` },
  };
}

function titlesByField(mapping: ColumnMapping): Record<string, string[]> {
  return Object.fromEntries(Object.entries(mapping).map(([field, titles]) => [field, [...titles]]));
}
