import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchView } from '#contracts/http';
import {
  createTestDatabase,
  insertBatch,
  insertBoleto,
  insertChunk,
  insertChunkResult,
  insertDebt,
  insertDebtor,
  insertIssuer,
  insertNotification,
  type TestDatabase,
} from '#testing';
import { testCaller, testTenancy } from '../../../../../libs/billing/access/src/test-tenant.fixture.ts';
import { PUBLIC, setStatus } from '../../billing-api.fixture.ts';
import { BatchReader } from './batch-reader.ts';

const CHUNK_BYTES = 1_000;
const AMOUNT = 1_050n;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** The fates of the rows of a chunk: `accepted` of them get a boleto, `stillborn` were accepted and die after it. */
interface Fate {
  readonly accepted: number;
  readonly stillborn: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
  /** Accounted for by its halves, each in a transaction of its own. */
  readonly halved: boolean;
  readonly bounces: boolean;
}

const few = fc.nat(2);
const fates = fc.array(
  fc
    .record({
      accepted: fc.nat(3),
      stillborn: fc.nat(1),
      duplicate: few,
      rejected: few,
      dead: few,
      halved: fc.boolean(),
      bounces: fc.boolean(),
    })
    .filter(
      ({ accepted, stillborn, duplicate, rejected, dead }) => accepted + stillborn + duplicate + rejected + dead > 0,
    ),
  { minLength: 4, maxLength: 10 },
);

function rowsOf({ accepted, stillborn, duplicate, rejected, dead }: Fate): number {
  return accepted + stillborn + duplicate + rejected + dead;
}

/** Whatever the apps have committed by the time of a look, in the order in which a chunk goes through them. */
class Work {
  private constructor(
    private readonly file: readonly Fate[],
    private readonly issuerId: string,
    private readonly debtorId: string,
    readonly batchId: string,
  ) {}

  static async begin(file: readonly Fate[]): Promise<Work> {
    const db = database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const { id: debtorId } = await insertDebtor(db, { issuerId });
    const bytes = BigInt(64 + file.length * CHUNK_BYTES);
    const batch = await insertBatch(db, { issuerId, bytes, status: 'splitting', splittingAt: new Date() });
    return new Work(file, issuerId, debtorId, batch.id);
  }

  /** Chunks are cut one after the other; each goes its way at once, beside its neighbours. */
  async finish(): Promise<void> {
    const { batchId, file } = this;
    const onTheirWay: Promise<void>[] = [];
    let line = 2n;
    for (const [chunkNo, fate] of file.entries()) {
      const chunk = { batchId, chunkNo, byteOffset: BigInt(64 + chunkNo * CHUNK_BYTES), byteLength: CHUNK_BYTES };
      await insertChunk(database.dataSource, { ...chunk, firstLine: line, rows: rowsOf(fate) });
      onTheirWay.push(this.#process(chunkNo, line, fate));
      line += BigInt(rowsOf(fate));
    }
    await setStatus(database.dataSource, batchId, 'processing', { rowsRead: sum(file.map(rowsOf)) });
    await Promise.all(onTheirWay);
    await setStatus(database.dataSource, batchId, 'completed', { completedAt: new Date() });
  }

  async #process(chunkNo: number, line: bigint, fate: Fate): Promise<void> {
    const { accepted, stillborn, duplicate, rejected, dead } = fate;
    const common = { batchId: this.batchId, chunkNo };
    const good = { ...common, fromLine: line, rows: accepted + stillborn, accepted: accepted + stillborn };
    const bad = { duplicate, rejected, dead };
    const debts = await database.dataSource.transaction(async (tx) => {
      const inserted = [];
      for (let at = 0n; at < BigInt(accepted); at += 1n) {
        const { issuerId, debtorId, batchId } = this;
        const debt = { issuerId, debtorId, batchId, chunkNo, line: line + at, amountCentavos: AMOUNT };
        inserted.push(await insertDebt(tx, debt));
      }
      await insertChunkResult(tx, fate.halved ? good : { ...good, ...bad, rows: rowsOf(fate) });
      return inserted;
    });
    if (fate.halved) {
      const rows = duplicate + rejected + dead;
      await insertChunkResult(database.dataSource, { ...common, fromLine: line + 100n, rows, accepted: 0, ...bad });
    }
    const boletos = await database.dataSource.transaction(async (tx) => {
      const issued = [];
      for (const debt of debts) issued.push(await insertBoleto(tx, debt));
      const centavos = AMOUNT * BigInt(accepted);
      await insertChunkResult(tx, { ...common, stage: 'issue', fromLine: line, rows: accepted, accepted, centavos });
      return issued;
    });
    const lost = { rows: stillborn, accepted: 0, dead: stillborn };
    await insertChunkResult(database.dataSource, { ...common, stage: 'issue', fromLine: line + 100n, ...lost });
    const outcome = fate.bounces
      ? { status: 'failed' as const, lastError: { class: 'permanent' } }
      : { status: 'sent' as const };
    for (const { id: boletoId } of boletos) {
      await insertNotification(database.dataSource, { boletoId, batchId: this.batchId, ...outcome });
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The conditions that hold for every look, at any time. */
function expectConsistent(
  { stages, rows, boletos, notifications, identityHolds, eta, status }: BatchView,
  fileRows: number,
) {
  const { split, validate, issue } = stages;
  expect(split.bytesDone).toBeLessThanOrEqual(split.bytesTotal);
  expect([null, fileRows]).toContain(rows.read);
  expect(validate.rowsDone).toBeLessThanOrEqual(fileRows);
  expect(issue.done).toBeLessThanOrEqual(validate.rowsDone);
  expect(boletos.issued).toBeLessThanOrEqual(rows.accepted);
  expect(rows.accepted + rows.duplicate + rows.rejected + rows.dead).toBe(validate.rowsDone);
  expect(Math.min(rows.accepted, rows.duplicate, rows.rejected, rows.dead)).toBeGreaterThanOrEqual(0);
  expect(notifications.pending + notifications.sent + notifications.failed).toBe(boletos.issued);
  expect(notifications.pending).toBeGreaterThanOrEqual(0);
  expect(boletos.amountCentavos).toBe((AMOUNT * BigInt(boletos.issued)).toString());
  expect(identityHolds).toBe(rows.read === validate.rowsDone ? true : null);
  expect(eta.seconds ?? 0).toBeGreaterThanOrEqual(0);
  expect(status !== 'completed' || boletos.issued === rows.accepted).toBe(true);
}

/** The counts that never go back between two looks. A row that dies while its boleto is made stops being accepted. */
function forwardOnly({ stages, rows, boletos, notifications }: BatchView): readonly number[] {
  const { split, validate, issue } = stages;
  const { sent, failed } = notifications;
  return [
    split.bytesDone,
    validate.rowsDone,
    issue.done,
    rows.duplicate,
    rows.rejected,
    rows.dead,
    boletos.issued,
    sent,
    failed,
  ];
}

test('progress is true at every moment: nothing is told that is not committed, and nothing goes back', async () => {
  let looks = 0;
  await fc.assert(
    fc.asyncProperty(fates, async (file) => {
      const work = await Work.begin(file);
      const fileRows = sum(file.map(rowsOf));
      const reader = new BatchReader(testTenancy(database.dataSource), PUBLIC);
      const going = { on: true };
      const finished = work.finish().finally(() => {
        going.on = false;
      });
      let before: readonly number[] = [];
      const look = async (): Promise<BatchView> => {
        const found = await reader.read(testCaller(), work.batchId);
        if (found === undefined) throw new Error('the batch is there');
        expectConsistent(found.view, fileRows);
        const now = forwardOnly(found.view);
        for (const [at, figure] of before.entries()) expect(now[at]).toBeGreaterThanOrEqual(figure);
        before = now;
        looks += 1;
        return found.view;
      };
      try {
        while (going.on) await look();
      } finally {
        await finished;
      }

      const end = await look();
      expect(end).toMatchObject({ status: 'completed', identityHolds: true, rows: { read: fileRows } });
      expect(end.rows.accepted).toBe(sum(file.map(({ accepted }) => accepted)));
    }),
    { numRuns: 5 },
  );
  expect(looks).toBeGreaterThan(5);
});
