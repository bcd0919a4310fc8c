import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RESULTS_HEADER } from '#contracts/http';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertDebt,
  insertDebtor,
  insertIssuer,
  insertNotification,
  insertRejection,
  testDatabase,
  type TestDatabase,
} from '#testing';
import { testCaller, testTenancy } from '../../../../../libs/billing/access/src/test-tenant.fixture.ts';
import { insertManyResults, setStatus, startApp, type RunningApp } from '../../billing-api.fixture.ts';
import { csvBlocks } from '../../csv-download.ts';
import { keysetPages } from '../../keyset-pages.ts';
import { resultsAfter, type ResultRow } from './batch-csv.queries.ts';
import { resultLine } from './batch-csv.ts';

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

async function insertFullBatch(db: TestDatabase, count: number, options: { readonly debtIdChars?: number } = {}) {
  const { id: batchId, issuerId } = await insertBatch(db.dataSource);
  await insertChunk(db.dataSource, { batchId, rows: count });
  const { id: debtorId } = await insertDebtor(db.dataSource, { issuerId });
  await insertManyResults(db.dataSource, { issuerId, batchId, debtorId }, count, options);
  return batchId;
}

test('results.csv has a line for each accepted row, in the order of the file, formulas made harmless', async () => {
  const db = database.dataSource;
  const { id: issuerId } = await insertIssuer(db);
  const { id: batchId } = await insertBatch(db, { issuerId, fileName: 'cobranças "março".csv', status: 'splitting' });
  await insertChunk(db, { batchId, chunkNo: 0 });
  await insertChunk(db, { batchId, chunkNo: 1, firstLine: 12n });
  const common = { issuerId, batchId, amountCentavos: 123_405n };
  // Written in another order than the file's, as concurrent validators do.
  await insertDebt(db, { ...common, chunkNo: 1, line: 12n, debtId: '@later' });
  const second = await insertDebt(db, { ...common, line: 4n, debtId: 'a "b", c' });
  const first = await insertDebt(db, { ...common, line: 2n, debtId: '=HYPERLINK("http://evil.example")' });
  const sent = await insertBoleto(db, first, { nossoNumeroImpresso: '12345670000000001' });
  await insertNotification(db, { boletoId: sent.id, batchId, status: 'sent' });
  const fresh = await insertBoleto(db, second, { nossoNumeroImpresso: '12345670000000002', status: 'paid' });

  const response = await fetch(`${app.url}/v1/batches/${batchId}/results.csv`);

  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
  expect(response.headers.get('Content-Disposition')).toBe(
    `attachment; filename="cobran?as mar?o.results.csv"; filename*=UTF-8''cobran%C3%A7as%20mar%C3%A7o.results.csv`,
  );
  const { codigoBarras, linhaDigitavel } = sent;
  expect(await response.text()).toBe(
    'line,debtId,status,nossoNumero,codigoBarras,linhaDigitavel,amount,dueDate,boletoId,notification\r\n' +
      `2,"'=HYPERLINK(""http://evil.example"")",issued,12345670000000001,${codigoBarras},${linhaDigitavel},` +
      `1234.05,2030-01-31,${sent.id},sent\r\n` +
      `4,"a ""b"", c",paid,12345670000000002,${codigoBarras},${linhaDigitavel},1234.05,2030-01-31,${fresh.id},pending\r\n` +
      "12,'@later,pending,,,,1234.05,2030-01-31,,\r\n",
  );

  await setStatus(db, batchId, 'completed', { rowsRead: 3, completedAt: new Date() });
  const ended = await (await fetch(`${app.url}/v1/batches/${batchId}/results.csv`)).text();
  expect(ended).toContain("\r\n12,'@later,dead,,,,");
});

test('rejections.csv has a line for each problem, with the row as it came', async () => {
  const db = database.dataSource;
  const { id: batchId } = await insertBatch(db, { fileName: 'x.csv' });
  await insertChunk(db, { batchId });
  await insertRejection(db, {
    batchId,
    line: 9n,
    problems: [{ field: null, code: 'COLUMN_COUNT', value: null, message: 'Esperadas 6 colunas, encontradas 2.' }],
    raw: '-1+1|cmd',
  });
  await insertRejection(db, {
    batchId,
    line: 3n,
    problems: [
      { field: 'email', code: 'EMAIL_INVALID', value: '=1+1', message: 'Corrija o e-mail.' },
      { field: 'debtAmount', code: 'AMOUNT_INVALID', value: '1,2,3', message: 'Informe "1234,56".' },
    ],
    raw: '"Maria\nSilva",=1+1,"1,2,3"',
  });

  const response = await fetch(`${app.url}/v1/batches/${batchId}/rejections.csv`);

  expect(response.headers.get('Content-Disposition')).toBe('attachment; filename=x.rejections.csv');
  const raw = '"""Maria\nSilva"",=1+1,""1,2,3"""';
  expect(await response.text()).toBe(
    'line,field,value,code,message,raw\r\n' +
      `3,email,'=1+1,EMAIL_INVALID,Corrija o e-mail.,${raw}\r\n` +
      `3,debtAmount,"1,2,3",AMOUNT_INVALID,"Informe ""1234,56"".",${raw}\r\n` +
      `9,,,COLUMN_COUNT,"Esperadas 6 colunas, encontradas 2.",'-1+1|cmd\r\n`,
  );
});

test('?separator=semicolon is for a spreadsheet in Portuguese, and no formula hides in it or in the other (F11)', async () => {
  const db = database.dataSource;
  const { id: batchId, issuerId } = await insertBatch(db, { fileName: 'x.csv' });
  await insertChunk(db, { batchId });
  const debt = await insertDebt(db, { issuerId, batchId, line: 2n, debtId: 'a;=1+1,=2', amountCentavos: 1_210n });
  const boleto = await insertBoleto(db, debt);
  await insertRejection(db, {
    batchId,
    line: 4n,
    problems: [{ field: 'governmentId', code: 'DOCUMENT_INVALID', value: '=1+1', message: 'Corrija.' }],
    raw: `Ana;=1+1;=cmd|'/C calc'!A0;1,00;2027-01-31;H1`,
  });
  const get = async (path: string) =>
    Buffer.from(await (await fetch(`${app.url}/v1/batches/${batchId}/${path}`)).arrayBuffer());

  const people = (await get('results.csv?separator=semicolon')).toString();
  expect(people).toBe(
    '\ufeffline;debtId;status;nossoNumero;codigoBarras;linhaDigitavel;amount;dueDate;boletoId;notification\r\n' +
      `2;"a;'=1+1,'=2";issued;${boleto.nossoNumeroImpresso};${boleto.codigoBarras};${boleto.linhaDigitavel};` +
      `12,10;2030-01-31;${boleto.id};pending\r\n`,
  );
  for (const query of ['', '?separator=comma', '?separator=semicolon']) {
    const text = (await get(`rejections.csv${query}`)).toString();
    expect(text.startsWith('\ufeff')).toBe(query.endsWith('semicolon'));
    for (const separator of [',', ';', '\t', '|']) {
      const isOwn = separator === (query.endsWith('semicolon') ? ';' : ',');
      const rows: string[][] = parse(text, {
        bom: true,
        delimiter: separator,
        relax_quotes: true,
        relax_column_count: true,
      });
      const cells = isOwn ? rows.flat() : text.split(/[\r\n]+/).flatMap((line) => line.split(separator));
      expect(cells.filter((cell) => /^["\s]*[=+\-@]/.test(cell))).toEqual([]);
    }
  }
  const refused = await fetch(`${app.url}/v1/batches/${batchId}/results.csv?separator=%7C`);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ code: 'FIELD_INVALID' });
});

test('a batch without accepted or rejected rows gives the header alone', async () => {
  const { id } = await insertBatch(database.dataSource);
  for (const name of ['results', 'rejections']) {
    const text = await (await fetch(`${app.url}/v1/batches/${id}/${name}.csv`)).text();
    expect(text).toMatch(/^line,[^\r\n]+\r\n$/);
  }
});

test('fifty thousand rows come whole and in order', async () => {
  const batchId = await insertFullBatch(database, 50_000);

  const response = await fetch(`${app.url}/v1/batches/${batchId}/results.csv`);

  const lines = (await response.text()).split('\r\n');
  expect(lines.length).toBe(50_002);
  expect(
    lines.slice(1, -1).every((line, at) => line.startsWith(`${(at + 2).toString()},F-${(at + 1).toString()}-`)),
  ).toBe(true);
});

test('a reader that stops makes the database stop: two small pages are all that is held', async () => {
  const batchId = await insertFullBatch(database, 5_000);
  let loads = 0;
  const pages = keysetPages((after: ResultRow | undefined, limit) => {
    loads += 1;
    return testTenancy(database.dataSource).readAsTenant(testCaller(), (db) =>
      resultsAfter(db, { batchId, noBoleto: 'dead' }, after, limit),
    );
  }, 500);
  const blocks = csvBlocks(RESULTS_HEADER, pages, resultLine);

  const { value } = await blocks.next();

  expect(value?.length).toBeGreaterThan(60_000);
  expect(loads).toBeLessThanOrEqual(3);
  await blocks.return();
  expect(loads).toBeLessThanOrEqual(3);
});

test('a failure half-way breaks the connection: a file that is not whole never looks whole', async () => {
  const own = await testDatabase();
  const batchId = await insertFullBatch(own, 40_000, { debtIdChars: 900 });
  const ownApp = await startApp({ databaseUrl: own.url });
  try {
    const response = await fetch(`${ownApp.url}/v1/batches/${batchId}/results.csv`);
    expect(response.status).toBe(200);
    // The sockets' buffers hold less than the file's 40 MB, so pages are still to be read.
    await own.dataSource.query('alter table debts rename to debts_away');
    await expect(response.text()).rejects.toThrow('terminated');
  } finally {
    await ownApp.stop();
  }
});

test('a failure before the first byte is an ordinary problem', async () => {
  const own = await testDatabase();
  const { id } = await insertBatch(own.dataSource);
  const ownApp = await startApp({ databaseUrl: own.url });
  try {
    await own.dataSource.query('alter table debts rename to debts_away');
    const response = await fetch(`${ownApp.url}/v1/batches/${id}/results.csv`);
    expect(response.status).toBe(500);
    expect(response.headers.get('Content-Disposition')).toBeNull();
    expect(await response.json()).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  } finally {
    await ownApp.stop();
  }
});

test('HEAD tells of the file without making it', async () => {
  const batchId = await insertFullBatch(database, 10);
  const response = await fetch(`${app.url}/v1/batches/${batchId}/results.csv`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Disposition')).toBe('attachment; filename=debts.results.csv');
  expect(await response.text()).toBe('');
});
