import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseFile, insertIssuer, waitFor } from '#testing';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { CPF, row, ValidatorLab } from '../../apps/chunk-validator/src/validator-lab.fixture.ts';

let lab: ValidatorLab;
let app: RunningApp;

beforeAll(async () => {
  lab = await ValidatorLab.open();
  app = await startApp({ databaseUrl: lab.urls.database, storageUrl: lab.urls.storage });
});

afterAll(async () => {
  await app.stop();
  await lab.close();
});

async function listOf(batchId: string, query = ''): Promise<readonly string[]> {
  const response = await fetch(`${app.url}/v1/batches/${batchId}/duplicates.csv${query}`);
  expect(response.status).toBe(200);
  return (await response.text()).split('\r\n').slice(0, -1);
}

async function problemOf(batchId: string): Promise<readonly unknown[]> {
  const response = await fetch(`${app.url}/v1/batches/${batchId}/duplicates.csv`);
  return [response.status, ((await response.json()) as { code: string }).code];
}

const HEADER = 'line,debtId,firstBatchId,firstFile,firstLine,equalTerms,note';
const ALL = 'document amount dueDate name email';

test('every duplicate is listed, within a chunk, across chunks and across files', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const one = await lab.batchOf(
    [
      [row('A'), row('B'), 'x\n', row('A'), row('"C"'), row('A', { amount: '99.00' })],
      [row('D'), row('E', { document: CPF[1] })],
    ],
    { issuerId },
  );
  await lab.validate(broker, one);
  const two = await lab.batchOf(
    [
      [row('F'), row('D', { email: 'other@example.com', name: 'Ana Maria' }), row('', { document: '1' })],
      [row('F'), row('"C"'), 'x\n', row('G')],
      [row('H')],
    ],
    { issuerId },
  );
  // Runs one chunk after the other, because the first of two parts to commit an id gets the debt.
  for (const [at, chunk] of two.chunks.entries()) await lab.validate(broker, { ...two, chunks: [chunk] }, at + 1);

  const file = 'debts.csv';
  await lab.dataSource.query('update batches set file_name = $2 where id = any($1)', [
    [one.batchId, two.batchId],
    file,
  ]);
  expect(await listOf(one.batchId)).toEqual([HEADER, `5,A,${one.batchId},${file},2,${ALL},`]);
  expect(await listOf(two.batchId)).toEqual([
    HEADER,
    `3,D,${one.batchId},${file},8,document amount dueDate,`,
    `5,F,${two.batchId},${file},2,${ALL},`,
    `6,C,${one.batchId},${file},6,${ALL},`,
  ]);
  for (const { batchId } of [one, two]) {
    expect((await listOf(batchId)).length - 1).toBe((await lab.results(batchId)).duplicate);
  }
  expect((await listOf(one.batchId, '?separator=semicolon'))[1]).toBe(`5;A;${one.batchId};${file};2;${ALL};`);
});

test('a part that is not counted yet or is a dead letter has no duplicates', async () => {
  const broker = await lab.validators();
  const given = await lab.batchOf([[row('P'), row('P')], [row('P')]]);
  const [first] = given.chunks;
  if (first === undefined) throw new Error('two chunks were asked for');
  await lab.validate(broker, { ...given, chunks: [first] });
  expect(await listOf(given.batchId)).toHaveLength(2);
});

test.skipIf(caseFile('duplicatas-sem-lista.csv') === undefined)(
  'duplicatas-sem-lista: line 3 is named, with the line of the first',
  async () => {
    const broker = await lab.validators();
    const [header, ...rows] = (caseFile('duplicatas-sem-lista.csv') ?? '').trimEnd().split('\n');
    const given = await lab.batchOf([rows.map((line) => `${line}\n`)], { header: `${header ?? ''}\n` });
    await lab.validate(broker, given);
    expect(await lab.results(given.batchId)).toMatchObject({ rows: 3, accepted: 2, duplicate: 1, rejected: 0 });
    const list = await listOf(given.batchId);
    expect(list).toHaveLength(2);
    expect(list[1]).toMatch(/^3,CONTRATO-9,[-0-9a-f]{36},[^,]+,2,document amount dueDate name email,$/);
  },
);

test('a removed file and a missing batch have different answers', async () => {
  const broker = await lab.validators();
  const lost = await lab.batchOf([[row('L'), row('L')]]);
  await lab.validate(broker, lost);
  const [stored]: { storage_key: string }[] = await lab.dataSource.query(
    'select storage_key from batches where id = $1',
    [lost.batchId],
  );
  await lab.storage.remove(stored?.storage_key ?? '');
  expect(await problemOf(lost.batchId)).toEqual([410, 'UPLOAD_REMOVED']);

  const purged = await lab.batchOf([[row('M'), row('M')]]);
  await lab.validate(broker, purged);
  await lab.dataSource.query('update batches set file_removed_at = now() where id = $1', [purged.batchId]);
  expect(await problemOf(purged.batchId)).toEqual([410, 'UPLOAD_REMOVED']);

  expect(await problemOf('018f0000-0000-7000-8000-000000000009')).toEqual([404, 'BATCH_NOT_FOUND']);
});

test('a chunk of thousands of duplicates is listed whole and in order', async () => {
  const broker = await lab.validators();
  const rows = Array.from({ length: 2_500 }, () => row('Q'));
  const given = await lab.batchOf([rows]);
  await lab.validate(broker, given);
  await waitFor(async () => (await lab.results(given.batchId)).duplicate === 2_499, { describe: '2,499 duplicates' });
  const lines = (await listOf(given.batchId)).slice(1).map((line) => Number(line.split(',')[0]));
  expect(lines).toEqual(Array.from({ length: 2_499 }, (_, at) => at + 3));
});
