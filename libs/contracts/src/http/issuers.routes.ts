import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { byId, type RouteSpec } from './route-spec.ts';

const issuer = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: 'Mensalidades Exemplo Ltda' }),
    document: z.string().meta({ description: 'CPF or CNPJ.', example: '11.222.333/0001-81' }),
    address: z.object({
      street: z.string(),
      district: z.string().optional(),
      city: z.string(),
      state: z.string(),
      postalCode: z.string(),
    }),
    bankCode: z.string().meta({ example: '001' }),
    account: z.record(z.string(), z.string()),
    especie: z.string(),
    instructions: z.array(z.string()),
    fees: z.record(z.string(), z.unknown()),
    registration: z.enum(['none', 'bank']),
    nextNossoNumero: z.string().meta({ example: '1' }),
    notice: z.string().nullable(),
    pix: z.object({ key: z.string(), merchantName: z.string(), merchantCity: z.string() }).nullable(),
    hasLogo: z.boolean(),
    sacador: z.object({ name: z.string(), document: z.string() }).nullable(),
    mapping: z.record(z.string(), z.array(z.string())).nullable(),
    accountSharedWith: z.array(z.uuid()),
    createdAt: z.iso.datetime(),
    links: z.object({ self: z.url() }),
  })
  .meta({ id: 'Issuer' });

export const issuerListQuery = z.strictObject(pageQuery({ limitMax: 100, limitDefault: 100 }));

const common = { servedBy: 'billing-api', tag: 'issuers' } as const;

export const issuerRoutes = {
  'GET /v1/issuers': {
    ...common,
    operationId: 'listIssuers',
    summary: 'Issuers by name, a page at a time',
    query: issuerListQuery,
    answers: { 200: { description: 'One page.', schema: pageOf(issuer).meta({ id: 'IssuerPage' }) } },
  },
  'POST /v1/issuers': {
    ...common,
    operationId: 'createIssuer',
    summary: 'Register who is owed, with the account its boletos are issued under',
    answers: { 201: { description: 'Registered', schema: issuer } },
  },
  'GET /v1/issuers/{id}': {
    ...common,
    operationId: 'getIssuer',
    summary: 'One issuer',
    params: byId,
    answers: { 200: { description: 'Found', schema: issuer } },
    refusals: { 404: ['ISSUER_NOT_FOUND'] },
  },
} as const satisfies Record<string, RouteSpec>;
