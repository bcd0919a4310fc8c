import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Registry } from 'prom-client';
import { claimPart, recordPart } from '#accounting';
import { amountMax } from '#boleto';
import { calendarDateIn } from '#calendar';
import { conflictProblem } from '#ingest';
import { done, enqueue, reject, type Delivery, type Handler, type Outcome } from '#messaging';
import { rowMetrics, type RowMetrics } from '#observability';
import { METRICS, STORAGE } from '#service';
import type { Storage } from '#storage';
import { findChunk, insertRejections, type ChunkToValidate } from './chunk.queries.ts';
import { adoptDebts, findDebts, findDryRunDebts, insertDebts, insertDryRunDebts, type Owner } from './debt.queries.ts';
import { resolveDebtors } from './debtor.queries.ts';
import { DebtorDirectory } from './debtor-directory.ts';
import { decideDuplicates, type Refused } from './decide-duplicates.ts';
import { allRows, type GoodRow, type GoodRows } from './good-rows.ts';
import { parseChunk, type BadRow, type ParsedChunk } from './parse-chunk.ts';

export const TIME_ZONE = Symbol('time zone');

type Validating = Delivery<'chunk-validator.chunks' | 'chunk-validator.suspects'>;

/** chunk.ready.v1 → debtors of the part; then its debts, its rejections and its count, in one transaction. */
@Injectable()
export class ValidateChunkHandler implements Handler<'chunk-validator.chunks'> {
  readonly queue = 'chunk-validator.chunks';
  private readonly rows: RowMetrics;
  private readonly debtors = new DebtorDirectory();

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

  private async validate(delivery: Validating): Promise<Outcome> {
    const { batchId, chunkNo } = delivery.message;
    const chunk = await findChunk(this.dataSource.manager, batchId, chunkNo);
    if (chunk === undefined) return reject(`chunk ${chunkNo.toString()} of batch ${batchId} does not exist`);
    if (chunk.batchStatus === 'cancelled' || chunk.batchStatus === 'failed') return done;

    const parsed = await this.parse(delivery, chunk);
    const owner: Owner = { issuerId: chunk.issuerId, batchId, chunkNo };
    const counts = { accepted: 0, duplicate: 0, rejected: 0 };
    const debtorIds = chunk.mode === 'process' ? await this.debtorsOf(parsed.good, chunk.issuerId) : [];
    const outcome = await delivery.commit(async (tx) => {
      if (!(await claimPart(tx, 'validate', delivery.message))) return done;
      const { accepted, duplicates, conflicts } =
        chunk.mode === 'process'
          ? await store(tx, owner, parsed.good, debtorIds)
          : await check(tx, owner, allRows(parsed.good));
      const bad = [...parsed.bad, ...conflicts.map((row) => conflictOf(row, parsed))];
      counts.accepted = accepted;
      counts.duplicate = duplicates.length;
      counts.rejected = bad.length;
      await insertRejections(tx, batchId, chunkNo, bad);
      const rows = parsed.good.count + parsed.bad.length;
      await recordPart(tx, 'validate', delivery.message, { rows, ...counts });
      if (chunk.mode === 'process' && accepted > 0) await enqueue(tx, 'chunk.validated.v1', delivery.message);
      return done;
    });
    this.rows.rows('accepted', counts.accepted);
    this.rows.rows('duplicate', counts.duplicate);
    this.rows.rows('rejected', counts.rejected);
    return outcome;
  }

  /**
   * debtors.id of each row. Committed before the part's own transaction: another part with one of these people would have to
   * wait for the end of it, and parts of one file stand beside each other. A debtor whose debts are then not stored is
   * counted nowhere, and found again by whoever comes next (ADR 23).
   */
  private async debtorsOf(rows: GoodRows, issuerId: string): Promise<readonly number[]> {
    const { ids, found } = await resolveDebtors(this.dataSource, issuerId, rows, this.debtors.known(issuerId));
    this.debtors.remember(issuerId, found);
    return ids;
  }

  private async parse({ message }: Validating, chunk: ChunkToValidate): Promise<ParsedChunk> {
    const { byteOffset, byteLength, firstLine, dialect, mapping, profile } = chunk;
    const bytes = await this.storage.read(chunk.storageKey, { offset: byteOffset, length: byteLength });
    if (bytes.length !== byteLength) {
      throw new Error(`read ${bytes.length.toString()} bytes of a chunk of ${byteLength.toString()}`);
    }
    const parsed = parseChunk(bytes, {
      dialect,
      firstLine,
      range: message,
      context: {
        mapping,
        dialect,
        profile,
        today: calendarDateIn(this.timeZone, new Date()),
        amountMax: amountMax(chunk.bankCode),
      },
    });
    const rows = parsed.good.count + parsed.bad.length;
    const whole = message.fromLine === firstLine && message.toLine === null;
    // The promise is kept by counting twice, with two different programs over the same bytes.
    if (whole && rows !== chunk.rows) {
      throw new Error(`parsed ${rows.toString()} rows where the splitter counted ${chunk.rows.toString()}`);
    }
    return parsed;
  }
}

interface Stored extends Refused {
  readonly accepted: number;
}

async function store(tx: EntityManager, owner: Owner, rows: GoodRows, debtorIds: readonly number[]): Promise<Stored> {
  if (rows.count === 0) return { accepted: 0, duplicates: [], conflicts: [] };
  const taken = (await insertDebts(tx, owner, rows, debtorIds)).map((place) => rows.row(place));
  const inserted = rows.count - taken.length;
  if (taken.length === 0) return { accepted: inserted, duplicates: [], conflicts: [] };
  const adopted = await adoptDebts(tx, owner, taken);
  const refused = taken.filter(({ line }) => !adopted.has(line));
  const known = await findDebts(tx, owner.issuerId, debtIdsOf(refused));
  return { accepted: inserted + adopted.size, ...decideDuplicates(refused, known) };
}

/** What `store` would say, without storing: a debt on record and an earlier row of the same file both count. */
async function check(tx: EntityManager, { issuerId, batchId }: Owner, rows: readonly GoodRow[]): Promise<Stored> {
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

function conflictOf(row: GoodRow, parsed: ParsedChunk): BadRow {
  return { line: row.line, problems: [conflictProblem(row.debtId)], raw: parsed.rawOf(row.line) };
}
