import { z } from 'zod';
import { ACCOUNT_FIELDS } from '#boleto';

const text = z.string().trim().min(1);

const address = z.strictObject({
  street: text.optional(),
  district: text.optional(),
  city: text.optional(),
  state: text.optional(),
  postalCode: text.optional(),
});

/** An invented issuer, unless the request names one. */
const issuer = z.strictObject({
  name: text.default('Beneficiário de Exemplo Ltda'),
  document: text.default('11222333000181'),
  address: address.default({ street: 'Rua do Exemplo, 100', city: 'São Paulo', state: 'SP', postalCode: '01001000' }),
});

const payer = z.strictObject({
  name: text.default('Pagador de Exemplo'),
  document: text.default('52998224725'),
  address: address.optional(),
});

const decimal = z.string();

/** One boleto as a person requests it. Values in which money or leading zeros matter are text. */
export const boletoRequest = z.strictObject({
  /** COMPE code. */
  bank: text,
  /** Fields of the account: those that docs/bancos.md lists for the bank. */
  fields: z.partialRecord(z.enum(ACCOUNT_FIELDS), z.string()).default({}),
  /** Reais: '10.50'. */
  amount: text,
  /** 'YYYY-MM-DD' */
  due: text,
  /** A number of our own counter. The alternative is nossoNumero. */
  sequence: z.union([z.string(), z.int()]).transform(String).optional(),
  nossoNumero: text.optional(),
  seuNumero: text.optional(),
  debtId: text.default('1'),
  /** 'YYYY-MM-DD'; today by default. */
  issued: text.optional(),
  especie: text.default('DM'),
  instructions: z.array(text).default([]),
  fees: z
    .strictObject({
      multa: z.union([z.strictObject({ percent: decimal }), z.strictObject({ amount: decimal })]).optional(),
      juros: z
        .union([z.strictObject({ percentPerMonth: decimal }), z.strictObject({ amountPerDay: decimal })])
        .optional(),
      desconto: z
        .union([
          z.strictObject({ percent: decimal, daysBefore: z.number() }),
          z.strictObject({ amount: decimal, daysBefore: z.number() }),
        ])
        .optional(),
    })
    .default({}),
  /** Prints a static QR. Name and city default to the issuer's. */
  pix: z.strictObject({ key: text, merchantName: text.optional(), merchantCity: text.optional() }).optional(),
  issuer: issuer.prefault({}),
  payer: payer.prefault({}),
  /** The path of the PDF. */
  out: text.default('boleto.pdf'),
});

export type BoletoRequest = z.output<typeof boletoRequest>;
