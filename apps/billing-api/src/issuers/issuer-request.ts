import { z } from 'zod';
import {
  perAccountField,
  type BankAccount,
  checkAccount,
  checkAccountYear,
  checkFees,
  nossoNumeroMax,
  numbersOfDay,
} from '#boleto';
import { parseDocument } from '#tax-ids';
import type { CalendarDate } from '#calendar';
import { columnMapping, oneLine } from '#contracts/http';
import { type FieldProblem, fieldsInvalid } from '#http';
import type { NewIssuer } from './issuer.queries.ts';
import { documentProblem, pageFields, readPage } from './issuer-page.ts';
import { lineOf, NAME_CHARS_MAX } from './line.ts';

/** What fits the boleto's form: more would be cut in print. */
const ADDRESS_CHARS_MAX = 120;
const INSTRUCTION_CHARS_MAX = 90;
const INSTRUCTIONS_MAX = 6;
const ACCOUNT_FIELD_CHARS_MAX = 20;
const DECIMAL_CHARS_MAX = 20;

const STATES = 'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

const accountField = oneLine().trim().max(ACCOUNT_FIELD_CHARS_MAX).optional();

const accountFields = perAccountField(accountField);

/** Percent or R$. What is written in it, checkFees says. */
const decimal = oneLine().max(DECIMAL_CHARS_MAX);

const percentOrAmount = z.union([z.strictObject({ percent: decimal }), z.strictObject({ amount: decimal })], {
  error: 'must have either percent or amount, as a text such as "2.00"',
});

const fees = z.strictObject({
  multa: percentOrAmount.optional(),
  juros: z
    .union([z.strictObject({ percentPerMonth: decimal }), z.strictObject({ amountPerDay: decimal })], {
      error: 'must have either percentPerMonth or amountPerDay, as a text such as "1.00"',
    })
    .optional(),
  desconto: z
    .union(
      [
        z.strictObject({ percent: decimal, daysBefore: z.number() }),
        z.strictObject({ amount: decimal, daysBefore: z.number() }),
      ],
      { error: 'must have either percent or amount, as a text such as "5.00", and daysBefore, a number' },
    )
    .optional(),
  ceilings: z
    .strictObject({ multaPercent: decimal.optional(), jurosPercentPerMonth: decimal.optional() })
    .optional()
    .meta({
      description: 'Only for debts that are not a consumer’s: without it, multa is at most 2 % and juros 1 % a month.',
    }),
});

export const issuerRequest = z
  .strictObject({
    name: lineOf(NAME_CHARS_MAX),
    document: oneLine().max(30).meta({ description: 'CPF or CNPJ, with or without punctuation.' }),
    address: z.strictObject({
      street: lineOf(ADDRESS_CHARS_MAX),
      district: lineOf(ADDRESS_CHARS_MAX).optional(),
      city: lineOf(ADDRESS_CHARS_MAX),
      state: z.enum(STATES),
      postalCode: z
        .string()
        .regex(/^\d{5}-?\d{3}$/, 'must be a CEP: 8 digits')
        .transform((text) => text.replace('-', '')),
    }),
    bankCode: z.string().regex(/^\d{3}$/, 'must be a COMPE code: 3 digits'),
    account: z.strictObject(accountFields).meta({ description: 'Each bank says which of these it requires.' }),
    especie: z
      .string()
      .regex(/^[A-Z]{1,5}$/, 'must be 1 to 5 capital letters')
      .default('DM'),
    instructions: z.array(lineOf(INSTRUCTION_CHARS_MAX)).max(INSTRUCTIONS_MAX).default([]),
    fees: fees.default({}).meta({
      description: 'Printed on each boleto as dates and R$. Percentages and R$ are decimal texts; a month has 30 days.',
    }),
    ...pageFields,
    mapping: columnMapping.optional(),
    registration: z.enum(['none', 'bank']).default('none'),
    nextNossoNumero: z
      .string()
      .regex(/^[1-9]\d{0,17}$/, 'must be a whole number from 1, as a text')
      .default('1')
      .meta({ description: 'The first number to issue: go on after the last one that was issued elsewhere.' }),
  })
  .meta({
    id: 'IssuerRequest',
    example: {
      name: 'Mensalidades Exemplo Ltda',
      document: '11.222.333/0001-81',
      address: {
        street: 'Rua das Acácias, 100',
        district: 'Centro',
        city: 'São Paulo',
        state: 'SP',
        postalCode: '01001-000',
      },
      bankCode: '001',
      account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: '1234567' },
      instructions: ['Não receber após 30 dias do vencimento'],
      fees: { multa: { percent: '2.00' }, juros: { percentPerMonth: '1.00' } },
    },
  });

/**
 * The issuer that is asked for, under this id, registered on this day.
 * @throws ProblemError FIELD_INVALID: one problem for every field that is wrong: documents, account, fees, logo, Pix.
 */
export function parseIssuer(
  request: z.output<typeof issuerRequest>,
  { id, today }: { readonly id: string; readonly today: CalendarDate },
): NewIssuer {
  const document = parseDocument(request.document);
  const account = accountOf(request);
  const { problems: pageProblems, ...page } = readPage(request);
  const problems = [
    ...(document === undefined ? [documentProblem('document', request.document)] : []),
    ...accountProblems(account, BigInt(request.nextNossoNumero), today),
    ...checkFees(request.fees).map(({ field, code, message }) => ({ field: `fees.${field}`, code, message })),
    ...pageProblems,
  ];
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
function accountOf({ bankCode, account }: z.output<typeof issuerRequest>): BankAccount {
  const given = Object.fromEntries(Object.entries(account).filter(([, value]) => value !== undefined && value !== ''));
  return { agencia: '', carteira: '', ...given, bankCode };
}

function accountProblems(account: BankAccount, nextNossoNumero: bigint, today: CalendarDate): readonly FieldProblem[] {
  const found = checkAccount(account);
  const problems = (found.length > 0 ? found : checkAccountYear(account, today)).map(({ field, code, message }) => ({
    field: field === 'bankCode' ? field : `account.${field}`,
    code,
    message,
  }));
  if (problems.length > 0) return problems;
  const max = nossoNumeroMax(account);
  if (nextNossoNumero <= max) return [];
  return [{ field: 'nextNossoNumero', code: 'too_big', message: `this account can issue up to ${max.toString()}` }];
}
