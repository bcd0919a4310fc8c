import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { routes } from '#contracts/http';
import { createTestDatabase, insertNotification, type TestDatabase } from '#testing';
import { insertComposed, PUBLIC, startApp, type RunningApp } from '../billing-api.fixture.ts';

let database: TestDatabase;
let app: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startApp({ databaseUrl: database.url });
});

afterAll(async () => {
  await app.stop();
  await database.drop();
});

test('a boleto shows its numbers and its debt, and its payer to a caller with debtors:pii', async () => {
  const { issuer, batchId, boleto, composed } = await insertComposed(database.dataSource);
  const response = await fetch(`${app.url}/v1/boletos/${boleto.id}`);

  expect(response.status).toBe(200);
  expect(routes['GET /v1/boletos/{id}'].answers[200].schema.strict().parse(await response.json())).toEqual({
    id: boleto.id,
    status: 'issued',
    issuedOn: '2030-01-01',
    nossoNumero: composed.nossoNumeroImpresso,
    codigoBarras: composed.codigoBarras,
    linhaDigitavel: composed.linhaDigitavel,
    linhaDigitavelFormatted: formatLinhaDigitavel(composed.linhaDigitavel),
    debt: { debtId: 'F-1001', amountCentavos: '12345', dueDate: '2030-01-31', line: 7 },
    payer: { name: 'Maria da Silva', document: '529.982.247-25' },
    issuer: { id: issuer.id, name: issuer.name, bankCode: '001', bankName: composed.bankName },
    notification: { status: 'pending' },
    links: {
      self: `${PUBLIC}/v1/boletos/${boleto.id}`,
      pdf: `${PUBLIC}/v1/boletos/${boleto.id}.pdf`,
      batch: `${PUBLIC}/v1/batches/${batchId}`,
    },
  });

  await insertNotification(database.dataSource, { boletoId: boleto.id, batchId, status: 'sent' });
  const notified = await fetch(`${app.url}/v1/boletos/${boleto.id}`);
  expect(await notified.json()).toMatchObject({ notification: { status: 'sent' } });
});

test('its PDF is a PDF, the same at every request', async () => {
  const { boleto } = await insertComposed(database.dataSource);

  const response = await fetch(`${app.url}/v1/boletos/${boleto.id}.pdf`);

  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('application/pdf');
  expect(response.headers.get('Content-Disposition')).toBe(`inline; filename="boleto-${boleto.id}.pdf"`);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(bytes.subarray(-6).toString()).toContain('%%EOF');
  const again = await fetch(`${app.url}/v1/boletos/${boleto.id}.pdf`);
  expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a PDF whose barcode would not be the stored one is never handed out', async () => {
  const { boleto } = await insertComposed(database.dataSource);
  await database.dataSource.query(`update boletos set codigo_barras = repeat('1', 44) where id = $1`, [boleto.id]);
  const response = await fetch(`${app.url}/v1/boletos/${boleto.id}.pdf`);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
});

test.each(['', '.pdf'])(
  'an unknown boleto%s is BOLETO_NOT_FOUND, and an id that is none ID_INVALID',
  async (suffix) => {
    const unknown = await fetch(`${app.url}/v1/boletos/${randomUUID()}${suffix}`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'BOLETO_NOT_FOUND' });
    const invalid = await fetch(`${app.url}/v1/boletos/17${suffix}`);
    expect(invalid.status).toBe(400);
    expect(await invalid.json()).toMatchObject({ code: 'ID_INVALID' });
  },
);
