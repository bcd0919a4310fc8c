import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { bankForms, parseBoleto } from '#boleto';
import type { CalendarDate } from '#calendar';
import { parseBrCode } from '#pix';
import { answerOf, createTestDatabase, postJson, type TestDatabase } from '#testing';
import { startApp, type RunningApp } from '../billing-api.fixture.ts';
import { issuerRequestOf, PIXEL } from './issuer-request.fixture.ts';

const run = promisify(execFile);
const TODAY = '2026-11-28' as CalendarDate;

let database: TestDatabase;
let api: RunningApp;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApp({ databaseUrl: database.url });
});

afterAll(async () => {
  await api.stop();
  await database.drop();
});

const issuer = () => ({
  ...issuerRequestOf(800),
  fees: { multa: { percent: '2.00' } },
  pix: { key: 'financeiro@example.com' },
});

const preview = (body: object) => postJson(`${api.url}/v1/issuers/preview`, body);

/** The page's text, and what a reader of bars and QR codes finds on it. */
async function readPage(pdf: ArrayBuffer): Promise<{ readonly text: string; readonly codes: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'preview.pdf');
  await writeFile(file, Buffer.from(pdf));
  const { stdout: text } = await run('pdftotext', ['-layout', file, '-']);
  await run('pdftoppm', ['-r', '200', '-png', '-singlefile', file, join(folder, 'page')]);
  const codes = await run('zbarimg', ['--quiet', '--raw', join(folder, 'page.png')]).then(
    ({ stdout }) => stdout.trim().split('\n'),
    () => [],
  );
  return { text, codes };
}

test('a preview shows the issuer on a page that is marked and cannot be paid', async () => {
  const response = await preview(issuer());

  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'application/pdf']);
  const { text, codes } = await readPage(await response.arrayBuffer());
  expect(text).toContain('Mensalidades Exemplo Ltda');
  expect(text).toContain('cobrar multa de R$ 2,46');
  expect(text).toContain('PRÉVIA: pagador de exemplo, boleto sem valor');
  expect(text.replaceAll(/\s/g, '')).toContain('PRÉVIA');
  // No line of digits, no bars and no QR code of the page is one that an app would pay.
  for (const line of text.split(/\n| {2,}/)) expect(parseBoleto(line, TODAY).ok).toBe(false);
  for (const code of codes) {
    expect([code, parseBrCode(code).ok]).toEqual([code, false]);
    expect([code, parseBoleto(code, TODAY).ok]).toEqual([code, false]);
  }
  expect(text).not.toContain('br.gov.bcb.pix');
  expect(await database.dataSource.query('select id from issuers')).toEqual([]);
});

test('a preview keeps the logo of the issuer that it names', async () => {
  const { id } = await answerOf(await postJson(`${api.url}/v1/issuers`, { ...issuer(), logo: PIXEL }));
  const sizeOf = async (body: object) => (await (await preview({ ...issuer(), ...body })).arrayBuffer()).byteLength;

  expect(await sizeOf({ id })).toBe(await sizeOf({ logo: PIXEL }));
  expect(await sizeOf({})).toBeLessThan(await sizeOf({ id }));
  expect([(await preview({ ...issuer(), id: randomUUID() })).status]).toEqual([404]);
});

test('a preview is refused as a registration is', async () => {
  const wrong = { ...issuer(), document: '1', account: { agencia: '12345' }, logo: 'AAAA', pix: { key: 'x' } };
  const [refused, registered] = await Promise.all([preview(wrong), postJson(`${api.url}/v1/issuers`, wrong)]);
  const problem = (await refused.json()) as { errors: unknown };
  expect([refused.status, problem.errors]).toEqual([400, ((await registered.json()) as { errors: unknown }).errors]);
  expect((await preview({ ...issuer(), logo: 'A'.repeat(100 * 1024) })).status).toBe(400);
  expect((await preview({ ...issuer(), logo: 'A'.repeat(128 * 1024) })).status).toBe(413);
});

test('GET /v1/banks lists the banks with the fields of their accounts', async () => {
  const response = await fetch(`${api.url}/v1/banks`);
  const { items, nextCursor } = (await response.json()) as { items: { code: string }[]; nextCursor: null };
  expect([response.status, nextCursor, items.length]).toEqual([200, null, bankForms().length]);
  expect(items.find(({ code }) => code === '748')).toMatchObject({
    name: 'Sicredi',
    nossoNumeroMax: '799992',
    fields: expect.arrayContaining([
      { name: 'agencia', label: 'Cooperativa', required: true, digitsMin: 4, digitsMax: 4, help: 'Com 4 dígitos.' },
    ]) as unknown,
  });
});
