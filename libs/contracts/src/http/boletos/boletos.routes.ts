import { z } from 'zod';
import { BOLETO_STATUSES, NOTIFICATION_STATUSES } from '../../statuses.ts';
import { byId, type RouteSpec } from '../route-spec.ts';

/** GET /v1/boletos/{id} */
const boleto = z
  .object({
    id: z.uuid(),
    status: z.enum(BOLETO_STATUSES),
    issuedOn: z.iso.date(),
    nossoNumero: z.string().meta({ description: 'As the bank prints it.', example: '12345670000000001' }),
    codigoBarras: z
      .string()
      .length(44)
      .meta({ description: '44 digits.', example: '00191163600000123450000001234567000000000117' }),
    linhaDigitavel: z
      .string()
      .length(47)
      .meta({ description: '47 digits.', example: '00190000090123456700700000001172116360000012345' }),
    linhaDigitavelFormatted: z
      .string()
      .meta({ description: 'As printed.', example: '00190.00009 01234.567007 00000.001172 1 16360000012345' }),
    debt: z.object({
      debtId: z.string().meta({ description: 'The id the issuer gave.', example: 'F-1001' }),
      amountCentavos: z.string().meta({ example: '12345' }),
      dueDate: z.iso.date(),
      line: z.int().meta({ description: 'Of its file; the header is line 1.' }),
    }),
    payer: z.object({
      name: z.string(),
      document: z
        .string()
        .meta({ description: 'CPF or CNPJ, masked for callers without debtors:pii.', example: '***.982.247-**' }),
    }),
    issuer: z.object({ id: z.uuid(), name: z.string(), bankCode: z.string(), bankName: z.string() }),
    notification: z.object({ status: z.enum(NOTIFICATION_STATUSES) }),
    links: z.object({ self: z.url(), pdf: z.url(), batch: z.url() }),
  })
  .meta({ id: 'Boleto' });

export type BoletoView = z.output<typeof boleto>;

const common = {
  servedBy: 'billing-api',
  tag: 'boletos',
  params: byId,
  refusals: { 404: ['BOLETO_NOT_FOUND'] },
} as const;

/** The page stands before the boleto itself, whose path would take `.pdf` for a part of the id. */
export const boletoRoutes = {
  'GET /v1/boletos/{id}.pdf': {
    ...common,
    access: { needs: 'boletos:read' },
    operationId: 'printBoleto',
    summary: 'The boleto to print or pay',
    description: 'Made on demand from the stored numbers.',
    answers: { 200: { description: 'One page, A4.', files: { 'application/pdf': {} } } },
  },
  'GET /v1/boletos/{id}': {
    ...common,
    access: { needs: 'boletos:read' },
    operationId: 'getBoleto',
    summary: 'A boleto with its debt',
    answers: { 200: { description: 'The boleto as it is now.', schema: boleto } },
  },
} as const satisfies Record<string, RouteSpec>;
