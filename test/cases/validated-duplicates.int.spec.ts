import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseFile, insertIssuer } from '#testing';
import { findUpload } from '../../apps/billing-api/src/batches/csv/duplicates.queries.ts';
import type { Sources } from '../../apps/billing-api/src/batches/csv/duplicates.ts';
import { validatedDuplicatePages } from '../../apps/billing-api/src/batches/csv/validated-duplicates.ts';
import { startApp, type RunningApp } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { row, ValidatorLab, type Given } from '../../apps/chunk-validator/src/validator-lab.fixture.ts';
import { testCaller, testTenancy } from '../../libs/billing/access/src/test-tenant.fixture.ts';

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

const HEADER = 'line,debtId,firstBatchId,firstFile,firstLine,equalTerms,note';
const ALL = 'document amount dueDate name email';
const FILE = 'debts.csv';
const checked = { mode: 'validate' } as const;

async function listOf({ batchId }: Given): Promise<readonly string[]> {
  const response = await fetch(`${app.url}/v1/batches/${batchId}/duplicates.csv`);
  expect(response.status).toBe(200);
  const [header, ...lines] = (await response.text()).split('\r\n').slice(0, -1);
  expect(header).toBe(HEADER);
  return lines;
}

async function named(given: Given): Promise<Given> {
  await lab.dataSource.query('update batches set file_name = $2 where id = $1', [given.batchId, FILE]);
  return given;
}

async function end({ batchId }: Given, status: 'completed' | 'cancelled'): Promise<void> {
  await lab.dataSource.query('update batches set status = $2, completed_at = now() where id = $1', [batchId, status]);
  // Removes the file's debts, as dispatcher does.
  await lab.dataSource.query('delete from dry_run_debts where batch_id = $1', [batchId]);
}

test('a validated file lists duplicates of its own rows and of stored debts', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const before = await named(await lab.batchOf([[row('R'), row('S')]], { issuerId }));
  await lab.validate(broker, before);
  const rows = [
    [row('A'), row('R'), row('A'), row('A', { amount: '99.00' })],
    [row('B'), row('A', { name: 'Ana Maria' }), 'x\n', row('"B"')],
    [row('T'), row('S', { email: 'other@example.com' })],
    [row('U')],
  ];
  const given = await named(await lab.batchOf(rows, { ...checked, issuerId }));
  // Runs one chunk after the other, because the first of two parts to commit an id counts as accepted.
  for (const [at, chunk] of given.chunks.entries()) await lab.validate(broker, { ...given, chunks: [chunk] }, at + 1);
  await end(given, 'completed');

  const list = [
    `3,R,${before.batchId},${FILE},2,${ALL},`,
    `4,A,${given.batchId},${FILE},2,${ALL},`,
    `7,A,${given.batchId},${FILE},2,document amount dueDate email,`,
    `9,B,${given.batchId},${FILE},6,${ALL},`,
    `11,S,${before.batchId},${FILE},3,document amount dueDate name,`,
  ];
  expect(await listOf(given)).toEqual(list);
  expect(await lab.results(given.batchId)).toMatchObject({ rows: 11, accepted: 4, duplicate: 5, rejected: 2 });
  expect(await lab.count('from debts where batch_id = $1', [given.batchId])).toBe(0);

  // The file is then sent to be processed. Exactly the duplicates of the validation are duplicates again.
  const sent = await lab.batchOf(rows, { issuerId });
  await lab.validate(broker, sent);
  expect((await lab.results(sent.batchId)).accepted).toBe(4);
  expect(await listOf(given)).toEqual(list);
});

test('a duplicate of a debt that a later file took over says that its first line is unknown', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const cancelled = await lab.batchOf([[row('O')]], { issuerId });
  await lab.validate(broker, cancelled);
  await end(cancelled, 'cancelled');
  const given = await lab.batchOf([[row('O')]], { ...checked, issuerId });
  await lab.validate(broker, given);
  const later = await lab.batchOf([[row('O', { name: 'Ana Maria' })]], { issuerId });
  await lab.validate(broker, later);
  expect((await lab.results(later.batchId)).accepted).toBe(1);

  expect(await listOf(given)).toEqual([
    '2,O,,,,document amount dueDate,"Esta dívida já existia quando o arquivo foi validado, mas um arquivo posterior a ' +
      'assumiu, e não se sabe mais em que linha apareceu primeiro."',
  ]);
});

test('a list that is shorter than the count says so in an extra line', async () => {
  const broker = await lab.validators();
  const { id: issuerId } = await insertIssuer(lab.dataSource);
  const before = await lab.batchOf([[row('R')]], { issuerId });
  await lab.validate(broker, before);
  const given = await lab.batchOf([[row('R'), row('A'), row('A')]], { ...checked, issuerId });
  await lab.validate(broker, given);
  // Simulates a debt that was being stored while the part was checked.
  await lab.dataSource.query(`update debts set created_at = now() + interval '1 hour' where issuer_id = $1`, [
    issuerId,
  ]);
  expect(await listOf(given)).toHaveLength(1); // what is there by now may be incomplete

  await end(given, 'completed');
  const lines = await listOf(given);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^,,,,,,"O lote contou 2 linhas duplicadas e esta lista tem 1: /);
});

test('an uncounted part, a dead part and a file without duplicates list none', async () => {
  const broker = await lab.validators();
  const given = await lab.batchOf([[row('P'), row('P')], [row('P')]], checked);
  expect(await listOf(given)).toEqual([]);
  await lab.validate(broker, { ...given, chunks: given.chunks.slice(0, 1) });
  expect(await listOf(given)).toHaveLength(1);
  await lab.dataSource.query(
    `insert into chunk_results (batch_id, chunk_no, stage, from_line, to_line, rows, dead)
     values ($1, 1, 'validate', 4, null, 1, 1)`,
    [given.batchId],
  );
  await end(given, 'completed');
  expect(await listOf(given)).toHaveLength(1);

  const single = await lab.batchOf([[row('Q1'), row('Q2')]], checked);
  await lab.validate(broker, single);
  expect(await listOf(single)).toEqual([]);
});

test('many duplicates are found in windows, whatever lies between a row and its first one', async () => {
  const broker = await lab.validators();
  const ids = Array.from({ length: 400 }, (_, at) => `W${at.toString()}`);
  const given = await lab.batchOf(
    [ids, ids.toReversed(), ['V', ...ids]].map((chunk) => chunk.map((id) => row(id))),
    {
      ...checked,
    },
  );
  for (const [at, chunk] of given.chunks.entries()) await lab.validate(broker, { ...given, chunks: [chunk] }, at + 1);
  const read: Sources['read'] = (work) => testTenancy(lab.dataSource).readAsTenant(testCaller(), work);
  const upload = await read((db) => findUpload(db, given.batchId));
  if (upload === undefined) throw new Error('the batch was inserted');

  const expected = [...ids.toReversed(), ...ids].map((id, at) => {
    const line = at < ids.length ? ids.length + 2 + at : ids.length + 3 + at; // V stands between
    return [line.toString(), (ids.indexOf(id) + 2).toString()];
  });
  const gone = new AbortController();
  const left = validatedDuplicatePages({ read, storage: lab.storage, signal: gone.signal }, upload, 1);
  await left.next();
  gone.abort();
  await expect(left.next()).rejects.toBe(gone.signal.reason);

  for (const windowRows of [1, 500, 50_000]) {
    const found: (readonly [string, string | undefined])[] = [];
    for await (const page of validatedDuplicatePages(
      { read, storage: lab.storage, signal: new AbortController().signal },
      upload,
      windowRows,
    )) {
      found.push(...page.map(({ line, first }) => [line, first?.line] as const));
    }
    expect(found).toEqual(expected);
  }
});

test.skipIf(caseFile('duplicatas-sem-lista.csv') === undefined)(
  'duplicatas-sem-lista: line 3 is named, also when the file is only validated',
  async () => {
    const broker = await lab.validators();
    const [header, ...rows] = (caseFile('duplicatas-sem-lista.csv') ?? '').trimEnd().split('\n');
    const given = await lab.batchOf([rows.map((line) => `${line}\n`)], { ...checked, header: `${header ?? ''}\n` });
    await lab.validate(broker, given);
    expect(await lab.results(given.batchId)).toMatchObject({ rows: 3, accepted: 2, duplicate: 1, rejected: 0 });
    const list = await listOf(given);
    expect(list).toHaveLength(1);
    expect(list[0]).toMatch(/^3,CONTRATO-9,[-0-9a-f]{36},[^,]+,2,document amount dueDate name email,$/);
  },
);
