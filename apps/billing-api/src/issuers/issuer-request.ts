import { checkAccount, checkAccountYear, checkFees, nossoNumeroMax, numbersOfDay, type BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';
import type { IssuerRequest } from '#contracts/http';
import { fieldsInvalid, type FieldProblem } from '#http';
import { parseDocument } from '#tax-ids';
import { documentProblem, readPage } from './issuer-page.ts';
import type { NewIssuer } from './issuer.queries.ts';

interface Registering {
  readonly id: string;
  readonly today: CalendarDate;
  /**
   * The account was checked when it was registered, and is not checked again: its year (Sicredi) may have passed, and
   * nothing but the counter depends on it.
   */
  readonly isAccountKept?: boolean;
}

/**
 * The issuer that is asked for, under this id, registered on this day.
 * @throws ProblemError FIELD_INVALID: one problem for every field that is wrong: documents, account, fees, logo, Pix.
 */
export function parseIssuer(request: IssuerRequest, { id, today, isAccountKept = false }: Registering): NewIssuer {
  const document = parseDocument(request.document);
  const account = accountOf(request);
  const { problems: pageProblems, ...page } = readPage(request);
  const problems = [
    ...(document === undefined ? [documentProblem('document', request.document)] : []),
    ...(isAccountKept ? [] : accountProblems(account, today)),
    ...checkFees(request.fees).map(({ field, code, message }) => ({ field: `fees.${field}`, code, message })),
    ...pageProblems,
  ];
  const isAccountGood = !problems.some(({ field }) => field === 'bankCode' || field.startsWith('account.'));
  if (isAccountGood) problems.push(...numberProblems(account, BigInt(request.nextNossoNumero)));
  if (document === undefined || problems.length > 0) throw fieldsInvalid(problems);

  const { name, address, especie, instructions, fees: agreed, mapping, registration } = request;
  return {
    id,
    name,
    document: document.value,
    address,
    account,
    especie,
    instructions,
    fees: agreed,
    ...page,
    mapping,
    registration,
    nextNossoNumero: numbersOfDay(account, today).min + BigInt(request.nextNossoNumero) - 1n,
  };
}

/** Empty texts count as fields that were not sent. */
export function accountOf({ bankCode, account }: Pick<IssuerRequest, 'bankCode' | 'account'>): BankAccount {
  const given = Object.fromEntries(Object.entries(account).filter(([, value]) => value !== undefined && value !== ''));
  return { agencia: '', carteira: '', ...given, bankCode };
}

function accountProblems(account: BankAccount, today: CalendarDate): readonly FieldProblem[] {
  const found = checkAccount(account);
  return (found.length > 0 ? found : checkAccountYear(account, today)).map(({ field, code, message }) => ({
    field: field === 'bankCode' ? field : `account.${field}`,
    code,
    message,
  }));
}

function numberProblems(account: BankAccount, nextNossoNumero: bigint): readonly FieldProblem[] {
  const max = nossoNumeroMax(account);
  if (nextNossoNumero <= max) return [];
  return [{ field: 'nextNossoNumero', code: 'too_big', message: `this account can issue up to ${max.toString()}` }];
}
