import type { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { runMigrations } from '#database';
import { CSV_HEADER, detectDialect, parseCells, validateRow } from '#debts-csv';
import { centavos } from '#money';
import { insertBatch, insertChunk, insertDebt, insertDebtor, testEmptyDatabase } from '#testing';

const NAME = 'one-form-of-debt-ids-0000000000017';

async function undone(dataSource: DataSource): Promise<void> {
  const isDone = async () =>
    (await dataSource.query<unknown[]>('select from schema_migrations where name = $1', [NAME])).length > 0;
  while (await isDone()) await dataSource.undoLastMigration({ transaction: 'each' });
}

/** A database as the previous version left it, with an issuer's debts in the order given. */
async function oldDatabase(debtIds: readonly string[]): Promise<{ dataSource: DataSource; issuerId: string }> {
  const { dataSource } = await testEmptyDatabase();
  await runMigrations(dataSource);
  await undone(dataSource);
  const issuerId = await store(dataSource, debtIds);
  return { dataSource, issuerId };
}

async function store(dataSource: DataSource, debtIds: readonly string[]): Promise<string> {
  const { id: batchId, issuerId } = await insertBatch(dataSource);
  await insertChunk(dataSource, { batchId });
  const { id: debtorId } = await insertDebtor(dataSource, { issuerId });
  for (const debtId of debtIds) await insertDebt(dataSource, { issuerId, batchId, debtorId, debtId });
  return issuerId;
}

async function idsOf(dataSource: DataSource, issuerId: string): Promise<readonly string[]> {
  const rows: { debt_id: string }[] = await dataSource.query(
    'select debt_id from debts where issuer_id = $1 order by id',
    [issuerId],
  );
  return rows.map(({ debt_id }) => debt_id);
}

const GOOD = ['Ana', '52998224725', 'ana@example.com', '10.50', '2026-12-31'];

/** The id under which this version stores a debt with this cell. */
function formOf(debtId: string): string | undefined {
  const head = Buffer.from(`${CSV_HEADER}\n${GOOD.join(',')},X\n`);
  const detected = detectDialect(head);
  const today = parseIsoDate('2026-11-28');
  if (!detected.ok || today === undefined) throw new Error('the header is good');
  const { dialect, header } = detected;
  const context = {
    mapping: header.mapping,
    dialect,
    profile: 'strict',
    today,
    amountMax: centavos(9_999_999n),
  } as const;
  const result = validateRow([...parseCells(GOOD.join(','), ','), debtId], context);
  return result.ok ? result.row.debtId : undefined;
}

test('codigo-composto: ids in another form get the one form, and undoing restores them', async () => {
  const stored = ['Conceic\u0327a\u0303o 1', 'FAT-1', 'A  B', 'FAT\u200B-2', ' \u00ADFAT-3', 'Mês 4', 'X\u00A0Y'];
  const { dataSource, issuerId } = await oldDatabase(stored);
  await runMigrations(dataSource);
  const renamed = await idsOf(dataSource, issuerId);
  expect(renamed).toEqual(['Conceição 1', 'FAT-1', 'A B', 'FAT-2', 'FAT-3', 'Mês 4', 'X Y']);
  expect(renamed).toEqual(stored.map((id) => formOf(id)));
  await undone(dataSource);
  expect(await idsOf(dataSource, issuerId)).toEqual(stored);
});

test('one debt of several with similar ids gets the form, and the others keep their ids', async () => {
  const { dataSource, issuerId } = await oldDatabase(['A  1', 'A\u00A01', 'B\u200B2', 'B2', '\u200B']);
  // Another issuer has the same ids, which do not collide with those of the first.
  const other = await store(dataSource, ['A  1', 'A 2']);
  await runMigrations(dataSource);
  expect(await idsOf(dataSource, issuerId)).toEqual(['A 1', 'A\u00A01', 'B\u200B2', 'B2', '\u200B']);
  expect(await idsOf(dataSource, other)).toEqual(['A 1', 'A 2']);
  expect(await dataSource.query('select original, normal_form, outcome from debt_id_repairs order by debt_id')).toEqual(
    [
      { original: 'A  1', normal_form: 'A 1', outcome: 'renamed' },
      { original: 'A\u00A01', normal_form: 'A 1', outcome: 'collided' },
      { original: 'B\u200B2', normal_form: 'B2', outcome: 'collided' },
      { original: 'A  1', normal_form: 'A 1', outcome: 'renamed' },
    ],
  );
});

test('every character makes the id that this version stores', async () => {
  const points = Array.from({ length: 0x3100 }, (_, at) => at).filter((at) => at > 0x9f || (at > 0x1f && at < 0x7f));
  const characters = [...points, 0xfe0f, 0xfeff, 0xffa0, 0xfff5, 0x1bca1, 0x1d175, 0xe0001, 0xe0fff].map((point) =>
    String.fromCodePoint(point),
  );
  // Leaves out ids that this version refuses or reads differently: an earlier version did not store them as such.
  const stored = characters.map((each) => `a${each}b`).filter((id) => formOf(id) !== undefined);
  expect(stored.length).toBeGreaterThan(12_000);
  const { dataSource } = await oldDatabase([]);
  const issuerId = await store(dataSource, ['seed']);
  await dataSource.query(
    `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
     select d.issuer_id, t.id, d.debtor_id, d.email, 1, d.due_date, d.batch_id, d.chunk_no, t.n
     from debts d, unnest($2::text[]) with ordinality as t (id, n)
     where d.issuer_id = $1
     order by t.n`,
    [issuerId, stored],
  );
  await runMigrations(dataSource);
  const repairs: { original: string; normal_form: string }[] = await dataSource.query(
    'select original, normal_form from debt_id_repairs order by debt_id',
  );
  const wanted = stored.flatMap((id) => (formOf(id) === id ? [] : [{ original: id, normal_form: formOf(id) }]));
  expect(repairs).toEqual(wanted);
});
