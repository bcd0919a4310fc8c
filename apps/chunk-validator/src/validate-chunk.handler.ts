import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Registry } from 'prom-client';
import { claimPart, recordPart, restOf } from '#batches';
import { amountMax } from '#boleto';
import { calendarDateIn } from '#calendar';
import { conflictProblem } from '#debts-csv';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { enqueue, enqueueAll } from '#outbox';
import { rowMetrics, type RowMetrics } from '#observability';
import { METRICS, STORAGE } from '#process';
import type { Storage } from '#storage';
import { findChunk, insertRejections, type ChunkToValidate } from './chunk.queries.ts';
import { adoptDebts, findDebts, findDryRunDebts, insertDebts, insertDryRunDebts, type Owner } from './debt.queries.ts';
import { resolveDebtors } from './debtor.queries.ts';
import { DebtorDirectory } from './debtor-directory.ts';
import { decideDuplicates, type Refused } from './decide-duplicates.ts';
import { allRows, type GoodRow, type GoodRows, type RowSet } from './good-rows.ts';
import { parseWatched, type BadRow, type ParsedChunk } from './parse-chunk.ts';
import { Presumption } from './presumption.ts';
import { rehearse } from './rehearsal.ts';

export const TIME_ZONE = Symbol('time zone');

type ValidateQueue = 'chunk-validator.chunks' | 'chunk-validator.suspects';
type Validating = Delivery<ValidateQueue>;

/** chunk.ready.v1 → debtors of the part; then its debts, its rejections and its count, in one transaction. */
@Injectable()
export class ValidateChunkHandler implements Handler<ValidateQueue> {
  readonly queues = ['chunk-validator.chunks', 'chunk-validator.suspects'] as const;
  private readonly rows: RowMetrics;
  private readonly debtors = new DebtorDirectory();
  private readonly newDebtors = new Presumption('debtors_one_per_document');
  private readonly newDebts = new Presumption('debts_one_per_debt_id');

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(TIME_ZONE) private readonly timeZone: string,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.rows = rowMetrics(metrics, 'validate');
  }

  async handle(delivery: Validating): Promise<Outcome> {
    try {
      return await this.validate(delivery);
    } catch (error) {
      this.debtors.forget();
      throw error;
    }
  }

  async rehearse(): Promise<void> {
    await rehearse(this.timeZone);
  }

  private async validate(delivery: Validating): Promise<Outcome> {
    const { batchId, chunkNo } = delivery.message;
    const chunk = await findChunk(this.dataSource.manager, batchId, chunkNo);
    if (chunk === undefined) return reject(`chunk ${chunkNo.toString()} of batch ${batchId} does not exist`);
    if (chunk.batchStatus === 'cancelled' || chunk.batchStatus === 'failed') return done;

    const owner: Owner = { issuerId: chunk.issuerId, batchId, chunkNo };
    if (chunk.mode === 'validate') {
      const parsed = await this.parse(delivery, chunk, false);
      const settle: Settle = async (tx) => await check(tx, owner, allRows(parsed.good));
      return await this.commit(delivery, parsed, { settle, issues: false });
    }
    return await this.newDebts.presuming(batchId, async (allNew) => {
      const parsed = await this.parse(delivery, chunk, allNew);
      const sets = [parsed.good.fresh, parsed.good.others].filter(({ lines }) => lines.length > 0);
      const debtorIds = await this.debtorsOf(sets, owner);
      const settle: Settle = async (tx) => await store(tx, owner, parsed.good, debtorIds);
      return await this.commit(delivery, parsed, { settle, issues: true });
    });
  }

  /** What `settle` makes of the part's good rows, its rejections and its count; and, if there is one to issue, the word to the next stage. */
  private async commit(
    delivery: Validating,
    { good, bad, rawOf }: ParsedChunk,
    { settle, issues }: { readonly settle: Settle; readonly issues: boolean },
  ): Promise<Outcome> {
    const { message, isAlone } = delivery;
    const counts = { accepted: 0, duplicate: 0, rejected: 0 };
    const outcome = await delivery.commit(async (tx) => {
      if (!(await claimPart(tx, 'validate', message))) {
        // No other message need be about the rest of neighbours that are tried again together (ADR 33).
        if (isAlone) await enqueueAll(tx, 'suspect.ready.v1', await restOf(tx, 'validate', message));
        return done;
      }
      const { accepted, duplicates, conflicts } = await settle(tx);
      const rejected = [...bad, ...conflicts.map((row) => conflictOf(row, rawOf))];
      counts.accepted = accepted;
      counts.duplicate = duplicates.length;
      counts.rejected = rejected.length;
      await insertRejections(tx, message.batchId, message.chunkNo, rejected);
      await recordPart(tx, 'validate', message, { rows: rowsOf(good, bad), ...counts });
      if (issues && accepted > 0) await enqueue(tx, 'chunk.validated.v1', message);
      return done;
    });
    this.rows.rows('accepted', counts.accepted);
    this.rows.rows('duplicate', counts.duplicate);
    this.rows.rows('rejected', counts.rejected);
    return outcome;
  }

  /**
   * The debtors of each set. Committed before the part's own transaction: another part with one of these people would have to
   * wait for the end of it, and parts of one file stand beside each other. A debtor whose debts are then not stored is
   * counted nowhere, and found again by whoever comes next (ADR 23).
   */
  private async debtorsOf(
    sets: readonly RowSet[],
    { issuerId, batchId }: Owner,
  ): Promise<ReadonlyMap<RowSet, Float64Array>> {
    const known = this.debtors.known(issuerId);
    const people = sets.map((set) => set.people);
    const { ids, found } = await this.newDebtors.presuming(
      batchId,
      async (allNew) => await resolveDebtors(this.dataSource, issuerId, people, { known, allNew }),
    );
    this.debtors.remember(issuerId, found);
    return new Map(sets.map((set, at) => [set, ids[at] ?? new Float64Array()]));
  }

  private async parse({ message }: Validating, chunk: ChunkToValidate, presumesNew: boolean): Promise<ParsedChunk> {
    const { storageKey, mode, issuerId, dialect, mapping, profile, bankCode, extent } = chunk;
    const { byteOffset, byteLength, firstLine, rows: counted } = extent;
    const bytes = await this.storage.read(storageKey, { offset: byteOffset, length: byteLength });
    if (bytes.length !== byteLength) {
      throw new Error(`read ${bytes.length.toString()} bytes of a chunk of ${byteLength.toString()}`);
    }
    const today = calendarDateIn(this.timeZone, new Date());
    const parsed = await parseWatched(bytes, {
      dialect,
      firstLine,
      range: message,
      context: { mapping, dialect, profile, today, amountMax: amountMax(bankCode) },
      // What is only checked is not on record afterwards.
      owner: `${mode} ${issuerId}`,
      presumesNew,
    });
    const rows = rowsOf(parsed.good, parsed.bad);
    const whole = message.fromLine === firstLine && message.toLine === null;
    // The promise is kept by counting twice, with two different programs over the same bytes.
    if (whole && rows !== counted) {
      throw new Error(`parsed ${rows.toString()} rows where the splitter counted ${counted.toString()}`);
    }
    return parsed;
  }
}

interface Settled extends Refused {
  readonly accepted: number;
}

type Settle = (tx: EntityManager) => Promise<Settled>;

/** Every row that was read, good or bad. */
function rowsOf(good: GoodRows, bad: readonly BadRow[]): number {
  return good.count + bad.length;
}

async function store(
  tx: EntityManager,
  owner: Owner,
  { fresh, count, row }: GoodRows,
  debtorIds: ReadonlyMap<RowSet, Float64Array>,
): Promise<Settled> {
  const refusals: (readonly number[])[] = [];
  for (const [set, ids] of debtorIds) {
    refusals.push(await insertDebts(tx, owner, set, { debtorIds: ids, allNew: set === fresh }));
  }
  const taken = refusals.flat();
  if (taken.length === 0) return { accepted: count, duplicates: [], conflicts: [] };
  const left = taken.toSorted((one, other) => one - other).map((line) => row(line));
  const known = await findDebts(tx, owner.issuerId, debtIdsOf(left));
  const batches = new Set(known.map((debt) => debt.batchId).filter((batchId) => batchId !== owner.batchId));
  const adopted = batches.size === 0 ? new Set<number>() : await adoptDebts(tx, owner, left, batches);
  const refused = left.filter(({ line }) => !adopted.has(line));
  return { accepted: count - refused.length, ...decideDuplicates(refused, known) };
}

/** What `store` would say, without storing: a debt on record and an earlier row of the same file both count. */
async function check(tx: EntityManager, { issuerId, batchId }: Owner, rows: readonly GoodRow[]): Promise<Settled> {
  if (rows.length === 0) return { accepted: 0, duplicates: [], conflicts: [] };
  const onRecord = await findDebts(tx, issuerId, debtIdsOf(rows));
  const taken = new Set(onRecord.map(({ debtId }) => debtId));
  const fresh = rows.filter(({ debtId }) => !taken.has(debtId));
  const inserted = await insertDryRunDebts(tx, batchId, fresh);
  const refused = rows.filter(({ line }) => !inserted.has(line));
  const earlier = await findDryRunDebts(tx, batchId, debtIdsOf(refused));
  return { accepted: inserted.size, ...decideDuplicates(refused, [...earlier, ...onRecord]) };
}

function debtIdsOf(rows: readonly GoodRow[]): readonly string[] {
  return rows.map(({ debtId }) => debtId);
}

function conflictOf(row: GoodRow, rawOf: ParsedChunk['rawOf']): BadRow {
  return { line: row.line, problems: [conflictProblem(row.debtId)], raw: rawOf(row.line) };
}
