import { isAscii } from 'node:buffer';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  allows,
  decideReading,
  failBatch,
  finishSplitting,
  lockIfSplitting,
  startSplitting,
  type StoredReading,
  type StoredSizes,
} from '#batches';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { withTransaction } from '#database';
import {
  ChunkCutter,
  detectDialect,
  EncodingEvidence,
  FileEvidence,
  HEAD_BYTES_MAX,
  syntaxOf,
  type Aspect,
  type Boundary,
  type Chunk,
  type ChunkSizes,
  type Detection,
  type Dialect,
  type Encoding,
} from '#debts-csv';
import { enqueueAll } from '#outbox';
import { STORAGE } from '#process';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import { findBatch, findLastChunk, insertChunks, type BatchToSplit } from './batch.queries.ts';

export const CHUNK_BYTES = Symbol('chunk bytes');

/** Chunks per transaction: few, so that the first boletos are issued while the file is still being read. */
const WINDOW_CHUNKS = 16;

/**
 * Chunks that are announced as they are written, without waiting for the dispatcher to release them: as many as one
 * validator processes at once. A small file has no more. The other chunks of a large file wait for their turn, and
 * all of a file whose organization has another one in work.
 */
const CHUNKS_AT_ONCE = 2;

/**
 * Size of the first chunk of a file with several, as a share of a full one. New processes run slowly, and concurrent
 * chunks wait for each other where both contain new debtors. With a full first chunk no boleto would appear during that
 * time. A file that fits into one chunk stays whole, because each chunk has a cost.
 */
const FIRST_CHUNK_SHARE = 1 / 16;

type Splitting = Delivery<'file-splitter.batches'>;

/**
 * batch.received.v1 → chunk rows in windows, and chunk.ready.v1 for the first of them. It can safely run twice and from
 * the middle: the same bytes give the same chunks and the same reading (ADR 31).
 */
@Injectable()
export class SplitFileHandler implements Handler<'file-splitter.batches'> {
  readonly queues = ['file-splitter.batches'] as const;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(CHUNK_BYTES) private readonly chunkBytes: number,
  ) {}

  async handle(delivery: Splitting): Promise<Outcome> {
    const { batchId } = delivery.message;
    const batch = await findBatch(this.dataSource.manager, batchId);
    if (batch === undefined) return reject(`batch ${batchId} does not exist`);
    if (!allows('startSplitting', batch.status)) return done;
    // upload-api has looked too, but did not know the rows of the files before this one.
    if (batch.isBeyondQuota && batch.status === 'received') {
      return await this.#fail(delivery, {
        code: 'QUOTA_EXCEEDED',
        message: 'A cota de linhas do dia foi atingida. Envie o arquivo de novo amanhã (UTC).',
      });
    }

    let head: Detection;
    try {
      head = await this.#readHead(batch);
    } catch (error) {
      if (!(error instanceof StorageKeyNotFoundError)) throw error;
      return await this.#fail(delivery, {
        code: 'FILE_GONE',
        message: 'O arquivo enviado não está mais guardado. Envie-o de novo.',
      });
    }
    if (!head.ok) return await this.#fail(delivery, head.problem);

    const firstBytes = batch.bytes > this.chunkBytes ? Math.ceil(this.chunkBytes * FIRST_CHUNK_SHARE) : null;
    const begun = { dialect: head.dialect, mapping: head.header.mapping };
    const stored = await withTransaction(
      this.dataSource,
      async (tx) => await startSplitting(tx, batchId, begun, { bytes: this.chunkBytes, firstBytes }),
    );
    if (stored === undefined) return done;

    const dataStart = { byteOffset: head.header.byteLength, firstLine: head.header.lines + 1 };
    const plan = { reading: stored.reading, sizes: sizesOf(stored.sizes, dataStart), dataStart };
    if (!(await this.#split(delivery, batch, plan))) return done;
    return await delivery.commit(async (tx) => {
      await finishSplitting(tx, batchId);
      return done;
    });
  }

  async #readHead({ storageKey, overrides, reading }: BatchToSplit): Promise<Detection> {
    const head = await this.storage.read(storageKey, { offset: 0, length: HEAD_BYTES_MAX });
    const known = reading !== undefined && !isOpen(reading.dialect, 'encoding') ? reading.dialect.encoding : undefined;
    const detection = detectDialect(head, overrides, known);
    if (!detection.ok || !isOpen(detection.dialect, 'encoding')) return detection;
    // With accents in the titles, the encoding must be decided before the rows are read.
    if (isAscii(head.subarray(0, detection.header.byteLength))) return detection;
    return detectDialect(head, overrides, await this.#encodingOf(storageKey));
  }

  /** The encoding, decided by as much of the file as necessary. */
  async #encodingOf(storageKey: string): Promise<Encoding> {
    const evidence = new EncodingEvidence();
    for await (const block of this.storage.blocks(storageKey, 0)) {
      evidence.see(block);
      if (evidence.decision !== undefined) break;
    }
    return evidence.finish();
  }

  async #fail(delivery: Splitting, failure: { code: string; message: string }): Promise<Outcome> {
    return await delivery.commit(async (tx) => {
      await failBatch(tx, delivery.message.batchId, failure);
      return done;
    });
  }

  /** Returns false when the batch was cancelled meanwhile. */
  async #split(delivery: Splitting, batch: BatchToSplit, plan: Plan): Promise<boolean> {
    const { batchId } = delivery.message;
    const { start, chunkNo, evidence } = await this.#whereToGoOn(batchId, batch, plan);
    const cutter = new ChunkCutter({
      syntax: syntaxOf(plan.reading.dialect, plan.reading.mapping),
      start,
      sizes: plan.sizes,
      watcher: rowsFor(evidence),
    });
    let nextChunkNo = chunkNo;
    let window: Chunk[] = [];
    let { dialect } = plan.reading;
    const flush = async (count: number): Promise<boolean> => {
      delivery.signal.throwIfAborted();
      const decided = evidence === undefined || evidence.dialect === dialect ? undefined : evidence.dialect;
      const written = await this.#write(batchId, { nextChunkNo, decided }, window.slice(0, count));
      dialect = decided ?? dialect;
      nextChunkNo += count;
      window = window.slice(count);
      return written;
    };

    for await (const block of this.storage.blocks(batch.storageKey, start.byteOffset)) {
      evidence?.seeBytes(block);
      window.push(...cutter.push(block));
      const certain = certainOf(window, evidence);
      // The first chunks are written at once, because workers wait for them.
      const enough = nextChunkNo < CHUNKS_AT_ONCE ? CHUNKS_AT_ONCE : WINDOW_CHUNKS;
      if (certain >= enough && !(await flush(certain))) return false;
    }
    window.push(...cutter.finish());
    evidence?.finish();
    return await flush(window.length);
  }

  /**
   * The position to continue at: the last chunk. It is cut again, because it may not have been the end; it exists
   * already and is not announced again. While the reading is undecided, splitting continues from the first row, because
   * the evidence that an earlier splitter saw is not stored.
   */
  async #whereToGoOn(
    batchId: string,
    { overrides }: BatchToSplit,
    { reading, dataStart }: Plan,
  ): Promise<{ readonly start: Boundary; readonly chunkNo: number; readonly evidence: FileEvidence | undefined }> {
    if (isOpen(reading.dialect)) {
      const evidence = new FileEvidence({ ...reading, overrides, dataAt: dataStart.byteOffset });
      return { start: dataStart, chunkNo: 0, evidence };
    }
    const last = await findLastChunk(this.dataSource.manager, batchId);
    return { start: last?.start ?? dataStart, chunkNo: last?.chunkNo ?? 0, evidence: undefined };
  }

  /**
   * Writes chunk rows together with the messages of the first ones, after the decisions about the reading: a stored
   * chunk is read in the same way whatever is decided later. Returns false when the batch was cancelled.
   */
  async #write(
    batchId: string,
    { nextChunkNo, decided }: { readonly nextChunkNo: number; readonly decided: Dialect | undefined },
    chunks: readonly Chunk[],
  ): Promise<boolean> {
    return await withTransaction(this.dataSource, async (tx) => {
      if (!(await lockIfSplitting(tx, batchId))) return false;
      if (decided !== undefined) await decideReading(tx, batchId, decided);
      const at = { firstChunkNo: nextChunkNo, releasedBelow: CHUNKS_AT_ONCE };
      const released = await insertChunks(tx, batchId, at, chunks);
      await enqueueAll(
        tx,
        'chunk.ready.v1',
        released.map(({ chunkNo, firstLine }) => ({ batchId, chunkNo, fromLine: firstLine, toLine: null })),
      );
      return true;
    });
  }
}

/** Reading, chunk sizes and first record, from the head of the file. */
interface Plan {
  readonly reading: StoredReading;
  readonly sizes: ChunkSizes;
  readonly dataStart: Boundary;
}

function isOpen({ open = [] }: Dialect, aspect?: Aspect): boolean {
  return aspect === undefined ? open.length > 0 : open.includes(aspect);
}

/** The evidence that needs rows; undefined if nothing is open, because examining rows costs time. */
function rowsFor(evidence: FileEvidence | undefined): FileEvidence | undefined {
  return evidence?.wantsRows === true ? evidence : undefined;
}

/** The number of chunks, from the first on, that are read in the same way whatever is decided later. */
function certainOf(chunks: readonly Chunk[], evidence: FileEvidence | undefined): number {
  if (evidence === undefined) return chunks.length;
  const waiting = chunks.findIndex(({ byteOffset, byteLength }) => byteOffset + byteLength > evidence.certainUpTo);
  return waiting < 0 ? chunks.length : waiting;
}

function sizesOf({ bytes, firstBytes }: StoredSizes, { byteOffset }: Boundary): ChunkSizes {
  return { bytes, growth: firstBytes === null ? undefined : { from: byteOffset, firstBytes } };
}
