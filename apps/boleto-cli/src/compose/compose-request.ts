import {
  amountMax,
  checkAccount,
  checkFees,
  composerFor,
  DUE_DATE_DAYS_AHEAD_MAX,
  DUE_DATE_MIN,
  feeInstructions,
  nossoNumeroMax,
  numbersOfDay,
  type BankAccount,
  type ComposedBoleto,
  type Title,
} from '#boleto';
import type { BoletoDocument } from '#boleto-page';
import { staticPix } from '#boleto-page-data';
import { addDays, parseIsoDate, type CalendarDate } from '#calendar';
import { centavos, formatReais, parseReais, type Centavos } from '#money';
import { checkReceiver, receiverFor, type PixReceiver } from '#pix';
import { explainDocument, normaliseDocument, parseDocument } from '#tax-ids';
import type { BoletoRequest } from './boleto-request.ts';

/** One fault of one field of the request. */
interface RequestProblem {
  readonly field: string;
  readonly message: string;
}

export type ComposedRequest =
  | { readonly ok: true; readonly document: BoletoDocument }
  | { readonly ok: false; readonly problems: readonly RequestProblem[] };

/** Builds the document to print, or lists every fault of the request. */
export function composeRequest(request: BoletoRequest, today: CalendarDate): ComposedRequest {
  const account: BankAccount = { agencia: '', carteira: '', ...request.fields, bankCode: request.bank };
  const terms = readTerms(request, today);
  const receiver = pixReceiver(request);
  const problems = [
    ...accountProblems(account, request),
    ...terms.problems,
    ...partyProblems('issuer.document', request.issuer.document),
    ...partyProblems('payer.document', request.payer.document),
    ...checkFees(request.fees).map(({ field, message }) => ({ field: `fees.${field}`, message })),
    ...(receiver === undefined ? [] : checkReceiver(receiver)).map(({ field, message }) => ({
      field: `pix.${field}`,
      message,
    })),
  ];
  const { amount, dueDate, issuedOn } = terms;
  if (problems.length > 0 || amount === undefined || dueDate === undefined || issuedOn === undefined) {
    return { ok: false, problems };
  }

  const numbered = numberedTitle(account, request, { amount, dueDate, issuedOn });
  if ('field' in numbered) return { ok: false, problems: [numbered] };
  const { debtId, especie, issuer, payer, instructions, fees } = request;
  return {
    ok: true,
    document: {
      issuer: { ...issuer, document: normaliseDocument(issuer.document) },
      payer: { ...payer, document: normaliseDocument(payer.document) },
      composed: numbered,
      debtId,
      amount,
      dueDate,
      issuedOn,
      especie,
      aceite: 'N',
      instructions: [...numbered.instrucoes, ...instructions, ...feeInstructions(fees, { amount, dueDate, issuedOn })],
      pix: receiver && staticPix(receiver, { amount, nossoNumero: numbered.nossoNumeroImpresso }),
    },
  };
}

function accountProblems(account: BankAccount, request: BoletoRequest): readonly RequestProblem[] {
  // A nosso número from the bank can be composed even in a carteira that the bank numbers. Only our counter cannot.
  const problems = checkAccount(account).filter(
    ({ field, code }) => field === 'bankCode' || code !== 'unsupported' || request.nossoNumero === undefined,
  );
  return problems.map(({ field, message }) => ({ field: field === 'bankCode' ? 'bank' : `fields.${field}`, message }));
}

interface ReadTerms {
  readonly amount: Centavos | undefined;
  readonly dueDate: CalendarDate | undefined;
  readonly issuedOn: CalendarDate | undefined;
  readonly problems: readonly RequestProblem[];
}

function readTerms({ amount: amountText, due, issued, seuNumero }: BoletoRequest, today: CalendarDate): ReadTerms {
  const problems: RequestProblem[] = [];
  const amount = /^\d+(?:[.,]\d{1,2})?$/.test(amountText) ? parseReais(amountText.replace(',', '.'), '.') : undefined;
  if (amount === undefined) problems.push({ field: 'amount', message: 'must be reais such as 10.50' });

  const issuedOn = issued === undefined ? today : parseIsoDate(issued);
  if (issuedOn === undefined) problems.push({ field: 'issued', message: 'must be a date such as 2026-12-31' });

  const dueDate = parseIsoDate(due);
  const dueMax = addDays(issuedOn ?? today, DUE_DATE_DAYS_AHEAD_MAX);
  if (dueDate === undefined) problems.push({ field: 'due', message: 'must be a date such as 2026-12-31' });
  else if (dueDate < DUE_DATE_MIN || dueDate > dueMax) {
    problems.push({ field: 'due', message: `must be from ${DUE_DATE_MIN} to ${dueMax}` });
  }
  if (seuNumero !== undefined && !/^\d{1,7}$/.test(seuNumero)) {
    problems.push({ field: 'seuNumero', message: 'must be 1 to 7 digits' });
  }
  return { amount, dueDate, issuedOn, problems };
}

function partyProblems(field: string, text: string): readonly RequestProblem[] {
  if (parseDocument(text) !== undefined) return [];
  return [{ field, message: `must be a CPF or a CNPJ (${explainDocument(text) ?? 'invalid'})` }];
}

function pixReceiver({ pix, issuer }: BoletoRequest): PixReceiver | undefined {
  return pix && receiverFor(pix, { name: issuer.name, city: issuer.address.city ?? '' });
}

/**
 * Builds the title, once the account and all other fields are valid. Only the checks that depend on the bank are left.
 */
function numberedTitle(
  account: BankAccount,
  request: BoletoRequest,
  {
    issuedOn,
    ...terms
  }: { readonly amount: Centavos; readonly dueDate: CalendarDate; readonly issuedOn: CalendarDate },
): ComposedBoleto | RequestProblem {
  const max = amountMax(account.bankCode);
  if (terms.amount < 1n || terms.amount > max) {
    return { field: 'amount', message: `must be from ${formatReais(centavos(1n))} to ${formatReais(max)}` };
  }
  const { seuNumero, nossoNumero, sequence = '1' } = request;
  const rest = { ...terms, ...(seuNumero === undefined ? {} : { seuNumero }) };
  if (nossoNumero !== undefined) return numberedByTheBank(account, { ...rest, nossoNumero });

  const sequenceMax = nossoNumeroMax(account);
  const isSequence = /^[1-9]\d{0,17}$/.test(sequence) && BigInt(sequence) <= sequenceMax;
  if (!isSequence) return { field: 'sequence', message: `must be from 1 to ${sequenceMax.toString()}` };
  const { min } = account.ano === undefined ? numbersOfDay(account, issuedOn) : { min: 1n };
  return composerFor(account)({ ...rest, sequence: min + BigInt(sequence) - 1n });
}

function numberedByTheBank(account: BankAccount, title: Title): ComposedBoleto | RequestProblem {
  try {
    return composerFor(account)(title);
  } catch (error) {
    // Everything else was checked. Only the length is left, which depends on the bank, and the composer's message
    // explains it.
    if (error instanceof RangeError) return { field: 'nossoNumero', message: error.message };
    throw error;
  }
}
