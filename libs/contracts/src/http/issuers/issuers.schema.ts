import { z } from 'zod';
import { ACCOUNT_FIELDS, perAccountField } from '#boleto';
import { oneLine } from '../texts.ts';
import { columnMapping } from '../uploads/column-mapping.ts';

/** The length that fits the boleto's form: more would be cut in print. */
const NAME_CHARS_MAX = 120;
const ADDRESS_CHARS_MAX = 120;
const INSTRUCTION_CHARS_MAX = 90;
const INSTRUCTIONS_MAX = 6;
const ACCOUNT_FIELD_CHARS_MAX = 20;
const DECIMAL_CHARS_MAX = 20;
const DOCUMENT_CHARS_MAX = 30;
const PIX_KEY_CHARS_MAX = 77;
/** Longer than a BR Code takes, so that its own message comes, which speaks of accents too. */
const MERCHANT_CHARS_MAX = 60;

const STATES = 'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

/** One line: it is printed, and e-mailed. */
const lineOf = (charsMax: number) => oneLine().trim().min(1).max(charsMax);

/** Percent or R$. What is written in it, checkFees says. */
const decimal = oneLine().max(DECIMAL_CHARS_MAX);

const feeFields = {
  multa: z.union([z.strictObject({ percent: decimal }), z.strictObject({ amount: decimal })], {
    error: 'must have either percent or amount, as a text such as "2.00"',
  }),
  juros: z.union([z.strictObject({ percentPerMonth: decimal }), z.strictObject({ amountPerDay: decimal })], {
    error: 'must have either percentPerMonth or amountPerDay, as a text such as "1.00"',
  }),
  desconto: z.union(
    [
      z.strictObject({ percent: decimal, daysBefore: z.number() }),
      z.strictObject({ amount: decimal, daysBefore: z.number() }),
    ],
    { error: 'must have either percent or amount, as a text such as "5.00", and daysBefore, a number' },
  ),
  ceilings: z.strictObject({ multaPercent: decimal.optional(), jurosPercentPerMonth: decimal.optional() }).meta({
    description: 'Only for debts that are not a consumer’s: without it, multa is at most 2 % and juros 1 % a month.',
  }),
};
const feesText = 'Printed on each boleto as dates and R$. Percentages and R$ are decimal texts; a month has 30 days.';

const addressFields = {
  street: lineOf(ADDRESS_CHARS_MAX),
  district: lineOf(ADDRESS_CHARS_MAX),
  city: lineOf(ADDRESS_CHARS_MAX),
  state: z.enum(STATES),
  postalCode: z
    .string()
    .regex(/^\d{5}-?\d{3}$/, 'must be a CEP: 8 digits')
    .transform((text) => text.replace('-', '')),
};

const document = oneLine().max(DOCUMENT_CHARS_MAX);
const sacadorFields = { name: lineOf(NAME_CHARS_MAX), document };
const sacadorText = 'Sacador/avalista: whom the issuer collects for, if not for itself.';

const pixFields = {
  key: oneLine().max(PIX_KEY_CHARS_MAX),
  merchantName: lineOf(MERCHANT_CHARS_MAX),
  merchantCity: lineOf(MERCHANT_CHARS_MAX),
};
const pixText =
  'Prints a static Pix QR on each boleto. No bank links it to the boleto: paying it does not settle the boleto, ' +
  'and the page says so. Name (25) and city (15 characters) are the issuer’s own, shortened, unless given.';

const accountField = oneLine().trim().max(ACCOUNT_FIELD_CHARS_MAX);
const accountText = 'Each bank says which of these it requires: GET /v1/banks.';

/** The fields of an issuer that are one value. */
const values = {
  name: lineOf(NAME_CHARS_MAX),
  document: document.meta({ description: 'CPF or CNPJ, with or without punctuation.' }),
  bankCode: z.string().regex(/^\d{3}$/, 'must be a COMPE code: 3 digits'),
  especie: z.string().regex(/^[A-Z]{1,5}$/, 'must be 1 to 5 capital letters'),
  instructions: z.array(lineOf(INSTRUCTION_CHARS_MAX)).max(INSTRUCTIONS_MAX),
  logo: z.string().meta({
    description:
      'A PNG or JPEG file in base64, up to 64 KiB before encoding, 1,200 pixels a side and 400,000 in all; printed up to 40 × 14.5 mm.',
  }),
  registration: z.enum(['none', 'bank']),
  nextNossoNumero: z.string().regex(/^[1-9]\d{0,17}$/, 'must be a whole number from 1, as a text'),
};

const example = {
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
};

const requestFields = {
  name: values.name,
  document: values.document,
  address: z.strictObject({ ...addressFields, district: addressFields.district.optional() }),
  bankCode: values.bankCode,
  account: z.strictObject(perAccountField(accountField.optional())).meta({ description: accountText }),
  especie: values.especie.default('DM'),
  instructions: values.instructions.default([]),
  fees: z.strictObject(feeFields).partial().default({}).meta({ description: feesText }),
  logo: values.logo.optional(),
  sacador: z.strictObject(sacadorFields).optional().meta({ description: sacadorText }),
  pix: z
    .strictObject(pixFields)
    .partial({ merchantName: true, merchantCity: true })
    .optional()
    .meta({ description: pixText }),
  mapping: columnMapping.optional(),
  registration: values.registration.default('none'),
  nextNossoNumero: values.nextNossoNumero
    .default('1')
    .meta({ description: 'The first number to issue: go on after the last one that was issued elsewhere.' }),
};

/** POST /v1/issuers */
export const issuerRequest = z.strictObject(requestFields).meta({ id: 'IssuerRequest', example });

export type IssuerRequest = z.output<typeof issuerRequest>;
export type IssuerPreviewRequest = z.output<typeof issuerPreviewRequest>;

/** POST /v1/issuers/preview */
export const issuerPreviewRequest = z
  .strictObject({
    ...requestFields,
    id: z.uuid().toLowerCase().optional().meta({ description: 'An issuer whose logo is printed, if none is sent.' }),
  })
  .meta({ id: 'IssuerPreviewRequest', example });

/** A member that may be left as it is, or removed. */
const change = <T extends z.ZodType>(schema: T) => schema.nullable().optional();

/** PATCH /v1/issuers/{id} */
export const issuerChange = z
  .strictObject({
    name: values.name.optional(),
    document: values.document.optional(),
    address: z
      .strictObject({ ...addressFields, district: addressFields.district.nullable() })
      .partial()
      .optional(),
    bankCode: values.bankCode.optional(),
    account: z
      .strictObject(perAccountField(change(accountField)))
      .optional()
      .meta({ description: accountText }),
    especie: values.especie.optional(),
    instructions: values.instructions.optional(),
    fees: change(
      z.strictObject({
        multa: change(feeFields.multa),
        juros: change(feeFields.juros),
        desconto: change(feeFields.desconto),
        ceilings: change(feeFields.ceilings),
      }),
    ).meta({ description: feesText }),
    logo: change(values.logo),
    sacador: change(z.strictObject(sacadorFields).partial()).meta({ description: sacadorText }),
    pix: change(
      z.strictObject({
        key: pixFields.key.optional(),
        merchantName: change(pixFields.merchantName),
        merchantCity: change(pixFields.merchantCity),
      }),
    ).meta({ description: pixText }),
    mapping: change(columnMapping),
    registration: values.registration.optional(),
    nextNossoNumero: values.nextNossoNumero.optional().meta({ description: 'Never lower than it is.' }),
  })
  .meta({
    id: 'IssuerChange',
    description:
      'What is not sent stays. Of address, account, fees, sacador and pix this holds for each member. ' +
      'Null removes what is optional. Another bankCode comes with a whole account.',
    example: { fees: { multa: { percent: '1.00' }, desconto: null } },
  });

export type IssuerChange = z.output<typeof issuerChange>;

/** GET /v1/issuers/{id} */
export const issuer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    document: z.string().meta({ description: 'CPF or CNPJ as it is written.', example: '11.222.333/0001-81' }),
    address: z.object({
      street: z.string(),
      district: z.string().optional(),
      city: z.string(),
      state: z.string(),
      postalCode: z.string().meta({ example: '01001000' }),
    }),
    bankCode: z.string().meta({ example: '001' }),
    account: z.object(perAccountField(z.string().optional())),
    especie: z.string().meta({ example: 'DM' }),
    instructions: z.array(z.string()),
    fees: z.object(feeFields).partial(),
    registration: values.registration,
    nextNossoNumero: z.string().meta({ description: 'The next number of its account.', example: '1' }),
    notice: z
      .string()
      .nullable()
      .meta({ description: 'A change that comes soon by itself, in Portuguese; null for most of the year.' }),
    pix: z.object({ key: z.string(), merchantName: z.string(), merchantCity: z.string() }).nullable(),
    hasLogo: z.boolean(),
    sacador: z.object({ name: z.string(), document: z.string() }).nullable(),
    mapping: z
      .record(z.string(), z.array(z.string()))
      .nullable()
      .meta({ description: 'The titles of the columns of its files, by field.' }),
    accountSharedWith: z
      .array(z.uuid())
      .meta({ description: 'Other issuers of the account, which take numbers from the same counter: at most 100.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    links: z.object({ self: z.url() }),
  })
  .meta({ id: 'Issuer' });

/** An item of GET /v1/banks. */
export const bank = z
  .object({
    code: z.string().meta({ description: 'COMPE code.', example: '341' }),
    name: z.string().meta({ example: 'Itaú' }),
    fields: z.array(
      z.object({
        name: z.enum(ACCOUNT_FIELDS),
        label: z.string().meta({ description: 'In Portuguese.', example: 'Agência' }),
        required: z.boolean().meta({ description: 'False also for what is required only beside certain values.' }),
        digitsMin: z.int(),
        digitsMax: z.int(),
        help: z.string().nullable().meta({ description: 'In Portuguese.' }),
      }),
    ),
    nossoNumeroMax: z
      .string()
      .meta({ description: 'The largest nextNossoNumero that any account of the bank takes.', example: '99999999' }),
  })
  .meta({ id: 'Bank' });
