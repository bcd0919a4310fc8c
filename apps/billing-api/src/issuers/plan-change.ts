import { ACCOUNT_FIELDS, type BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';
import { issuerRequest, type IssuerChange, type IssuerRequest } from '#contracts/http';
import { fieldProblems, fieldsInvalid } from '#http';
import { receiverFor } from '#pix';
import { parseDocument } from '#tax-ids';
import type { LogoChange } from './change.queries.ts';
import { numberingOf } from './issuer-numbering.ts';
import { accountOf, parseIssuer } from './issuer-request.ts';
import type { Issuer, NewIssuer } from './issuer.queries.ts';

/** A change put into what is stored, not checked yet. */
export interface MergedChange {
  readonly request: IssuerRequest;
  /** The fields that it changes and that the first debt fixes: `document`, `bankCode`, `account.conta` … */
  readonly fixedFields: readonly string[];
}

/**
 * Puts a change into the stored issuer.
 * @throws ProblemError FIELD_INVALID if the result does not have the form of a registration
 */
export function mergeChange(stored: Issuer, change: IssuerChange): MergedChange {
  const parsed = issuerRequest.safeParse(requestOf(stored, change));
  if (!parsed.success) throw fieldsInvalid(fieldProblems(parsed.error.issues));
  const isDocumentKept = parseDocument(parsed.data.document)?.value === stored.document;
  return {
    request: parsed.data,
    fixedFields: [...(isDocumentKept ? [] : ['document']), ...changedFields(stored.account, accountOf(parsed.data))],
  };
}

/** The issuer after a change. */
export interface PlannedChange {
  /** The whole issuer as it is to be, apart from its logo. */
  readonly issuer: Omit<NewIssuer, 'logo'>;
  readonly logo: LogoChange;
  /** True if any field of the account is another. */
  readonly isMoved: boolean;
  /** The change itself asks for a next nosso número. */
  readonly isNumberAsked: boolean;
  readonly fixedFields: readonly string[];
}

interface Planning {
  readonly stored: Issuer;
  readonly change: IssuerChange;
  readonly today: CalendarDate;
}

/**
 * Checks a merged change as a registration is checked.
 * @throws ProblemError FIELD_INVALID, as parseIssuer does
 */
export function planChange({ request, fixedFields }: MergedChange, { stored, change, today }: Planning): PlannedChange {
  const isMoved = changedFields(stored.account, accountOf(request)).length > 0;
  // Numbers that were used elsewhere are used at the new account too, if only a field was wrong.
  const carried = isMoved ? numberingOf(stored.account, stored.nextNossoNumero, today).nextNossoNumero : '1';
  const { logo, ...issuer } = parseIssuer(
    { ...request, nextNossoNumero: change.nextNossoNumero ?? carried },
    { id: stored.id, today, isAccountKept: !isMoved },
  );
  return {
    issuer,
    logo: change.logo === null ? 'remove' : (logo ?? 'keep'),
    isMoved,
    isNumberAsked: change.nextNossoNumero !== undefined,
    fixedFields,
  };
}

function changedFields(before: BankAccount, after: BankAccount): readonly string[] {
  return [
    ...(before.bankCode === after.bankCode ? [] : ['bankCode']),
    ...ACCOUNT_FIELDS.filter((field) => before[field] !== after[field]).map((field) => `account.${field}`),
  ];
}

/** The stored issuer as a registration would say it, with the change in it. */
function requestOf(stored: Issuer, change: IssuerChange): unknown {
  const { bankCode, ...account } = stored.account;
  const isOtherBank = change.bankCode !== undefined && change.bankCode !== bankCode;
  return {
    name: change.name ?? stored.name,
    document: change.document ?? stored.document,
    address: withMembers(stored.address, change.address),
    bankCode: change.bankCode ?? bankCode,
    // The fields of another bank mean something else, even under the same names.
    account: withMembers(isOtherBank ? {} : account, change.account),
    especie: change.especie ?? stored.especie,
    instructions: change.instructions ?? stored.instructions,
    fees: withMembers(stored.fees, change.fees) ?? {},
    logo: change.logo ?? undefined,
    sacador: withMembers(stored.sacador, change.sacador),
    pix: withMembers(givenPix(stored), change.pix),
    mapping: change.mapping === undefined ? stored.mapping : (change.mapping ?? undefined),
    registration: change.registration ?? stored.registration,
  };
}

/** Null removes the whole, or a member. */
function withMembers(stored: object | undefined, change: object | null | undefined): object | undefined {
  if (change === undefined) return stored;
  if (change === null) return undefined;
  return Object.fromEntries(Object.entries({ ...stored, ...change }).filter(([, value]) => value !== null));
}

/** The Pix fields that the issuer gave. A name or city taken from the issuer's own is not one: it follows a new one. */
function givenPix({ pix, name, address }: Issuer): object | undefined {
  if (pix === undefined) return undefined;
  const { key, merchantName, merchantCity } = pix;
  const own = receiverFor({ key }, { name, city: address.city });
  return {
    key,
    ...(merchantName === own.merchantName ? {} : { merchantName }),
    ...(merchantCity === own.merchantCity ? {} : { merchantCity }),
  };
}
