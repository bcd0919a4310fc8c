import { z } from 'zod';
import { pageOf, pageQuery } from '../page.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import { bank, issuer, issuerChange, issuerPreviewRequest, issuerRequest } from './issuers.schema.ts';
import { proposedAnswer } from './proposals.routes.ts';

const issuerPage = pageOf(issuer).meta({ id: 'IssuerPage' });

export type IssuerView = z.output<typeof issuer>;
export type IssuerPage = z.output<typeof issuerPage>;
export type BankView = z.output<typeof bank>;

export const issuerListQuery = z.strictObject(pageQuery({ limitMax: 100, limitDefault: 100 }));

export const bankListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 200 }));

const ifMatch = z.object({
  'if-match': z.string().meta({ description: 'The ETag of the answer that is changed. Required.', example: '"1"' }),
});

const common = { servedBy: 'billing-api', tag: 'issuers' } as const;

export const issuerRoutes = {
  'GET /v1/issuers': {
    ...common,
    access: { needs: 'issuers:read' },
    operationId: 'listIssuers',
    summary: 'Issuers by name, a page at a time',
    query: issuerListQuery,
    answers: { 200: { description: 'One page.', schema: issuerPage } },
  },
  'POST /v1/issuers': {
    ...common,
    access: { needs: 'issuers:write' },
    operationId: 'createIssuer',
    summary: 'Register who is owed, with the account its boletos are issued under',
    body: issuerRequest,
    answers: { 201: { description: 'Registered, with its ETag', schema: issuer }, 202: proposedAnswer },
    refusals: { 409: ['LIMIT_REACHED'] },
  },
  'POST /v1/issuers/preview': {
    ...common,
    access: { needs: 'issuers:write' },
    operationId: 'previewIssuer',
    summary: 'A boleto as it would look for an issuer',
    description:
      'For a debt and a debtor that do not exist. PRÉVIA stands across the page, its codes are zeros and its QR code is ' +
      'no BR Code, so that it cannot be paid. Nothing is stored.',
    body: issuerPreviewRequest,
    answers: { 200: { description: 'One page, A4.', files: { 'application/pdf': {} } } },
    refusals: { 404: ['ISSUER_NOT_FOUND'] },
  },
  'GET /v1/issuers/{id}': {
    ...common,
    access: { needs: 'issuers:read' },
    operationId: 'getIssuer',
    summary: 'One issuer',
    params: byId,
    answers: { 200: { description: 'Found, with its ETag', schema: issuer } },
    refusals: { 404: ['ISSUER_NOT_FOUND'] },
  },
  'PATCH /v1/issuers/{id}': {
    ...common,
    access: { needs: 'issuers:write' },
    operationId: 'changeIssuer',
    summary: 'Change an issuer',
    description:
      'A change of name, document, bankCode, account or pix waits for a second person while FOUR_EYES is on. ' +
      'The first debt fixes document, bankCode and account. Boletos that were issued before keep their fees, ' +
      'instructions, especie and sacador, and show the name, address, logo and Pix of the issuer as it is now.',
    params: byId,
    headers: ifMatch,
    body: issuerChange,
    answers: { 200: { description: 'Changed, with its new ETag', schema: issuer }, 202: proposedAnswer },
    refusals: {
      404: ['ISSUER_NOT_FOUND'],
      409: ['ISSUER_FIELD_FIXED'],
      412: ['PRECONDITION_FAILED'],
      428: ['PRECONDITION_REQUIRED'],
    },
  },
  'GET /v1/banks': {
    ...common,
    access: { needs: 'issuers:read' },
    operationId: 'listBanks',
    summary: 'The banks that boletos can be issued under, with the fields of their accounts',
    query: bankListQuery,
    answers: {
      200: {
        description: 'All banks, by their codes, unless `limit` says otherwise.',
        schema: pageOf(bank).meta({ id: 'BankPage' }),
      },
    },
  },
} as const satisfies Record<string, RouteSpec>;
