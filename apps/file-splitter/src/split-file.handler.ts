import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import {
  ChunkCutter,
  detectDialect,
  HEAD_BYTES_MAX,
  syntaxOf,
  type Boundary,
  type Chunk,
  type ChunkSizes,
} from '#ingest';
import { done, enqueueAll, reject, type Delivery, type Handler, type Outcome } from '#messaging';
import { STORAGE } from '#service';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import {
  failBatch,
  findBatch,
  findLastChunk,
  finishSplitting,
  insertChunks,
  startSplitting,
  stillSplitting,
  type BatchToSplit,
  type Reading,
  type StoredSizes,
} from './batch.queries.ts';

export const CHUNK_BYTES = Symbol('chunk bytes');

/** Chunks written in one transaction: few, so that the first boletos are issued while the file is still read. */
const WINDOW_CHUNKS = 16;

/**
 * Chunks that are announced as they are written, without waiting for outbox-relay to release them: what one validator
 * takes in hand. A small file has no more; of a large one the others wait for their turn.
 */
const CHUNKS_AT_ONCE = 2;

/**
 * Of a file with more than one, the first chunk has this share of a full one. Processes that have just started run slowly, and
 * concurrent chunks wait for each other where both meet new debtors: with a full one that is the time in which nobody sees a
 * boleto. A file that fits into one chunk stays whole: each chunk has its price.
 */
const FIRST_CHUNK_SHARE = 1 / 16;

type Splitting = Delivery<'file-splitter.batches'>;

/**
 * batch.received.v1 → chunk rows, and chunk.ready.v1 for the first of them, in windows. Safe to run twice and from the middle: the same
 * bytes are cut into the same chunks, a crash goes on after the last chunk that was committed.
 */
@Injectable()
export class SplitFileHandler implements Handler<'file-splitter.batches'> {
  readonly queue = 'file-splitter.batches';

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(CHUNK_BYTES) private readonly chunkBytes: number,
  ) {}

  async handle(delivery: Splitting): Promise<Outcome> {
    const { batchId } = delivery.message;
    const batch = await findBatch(this.dataSource.manager, batchId);
    if (batch === undefined) return reject(`batch ${batchId} does not exist`);
    if (batch.status !== 'received' && batch.status !== 'splitting') return done;

    let head: Awaited<ReturnType<typeof this.readHead>>;
    try {
      head = await this.readHead(batch);
    } catch (error) {
      if (!(error instanceof StorageKeyNotFoundError)) throw error;
      return await this.fail(delivery, {
        code: 'FILE_GONE',
        message: 'O arquivo enviado não está mais guardado. Envie-o de novo.',
      });
    }
    if (!head.ok) return await this.fail(delivery, head.problem);

    // Who goes on with a file reads it as it was begun, also where a version before this one began.
    const reading: Reading = batch.reading ?? { dialect: head.dialect, mapping: head.header.mapping };
    const firstBytes = batch.bytes > this.chunkBytes ? Math.ceil(this.chunkBytes * FIRST_CHUNK_SHARE) : null;
    const stored = await withTransaction(
      this.dataSource,
      async (tx) => await startSplitting(tx, batchId, reading, { bytes: this.chunkBytes, firstBytes }),
    );
    if (stored === undefined) return done;

    const dataStart = { byteOffset: head.header.byteLength, firstLine: head.header.lines + 1 };
    const finished = await this.split(delivery, batch, { ...reading, sizes: sizesOf(stored, dataStart) }, dataStart);
    if (!finished) return done;
    return await delivery.commit(async (tx) => {
      await finishSplitting(tx, batchId);
      return done;
    });
  }

  private async readHead(batch: BatchToSplit) {
    const head = await this.storage.read(batch.storageKey, { offset: 0, length: HEAD_BYTES_MAX });
    return detectDialect(head, batch.overrides);
  }

  private async fail(delivery: Splitting, failure: { code: string; message: string }): Promise<Outcome> {
    return await delivery.commit(async (tx) => {
      await failBatch(tx, delivery.message.batchId, failure);
      return done;
    });
  }

  /** False when the batch was cancelled on the way. */
  private async split(
    delivery: Splitting,
    batch: BatchToSplit,
    { dialect, mapping, sizes }: Reading & { readonly sizes: ChunkSizes },
    dataStart: Boundary,
  ): Promise<boolean> {
    const { batchId } = delivery.message;
    // The last chunk is cut again rather than trusted to be whole; it is there already and announces nothing.
    const last = await findLastChunk(this.dataSource.manager, batchId);
    const start = last?.start ?? dataStart;
    let nextChunkNo = last?.chunkNo ?? 0;
    const cutter = new ChunkCutter({ syntax: syntaxOf(dialect, mapping), start, sizes });
    let window: Chunk[] = [];
    const flush = async (): Promise<boolean> => {
      delivery.signal.throwIfAborted();
      const written = await this.write(batchId, nextChunkNo, window);
      nextChunkNo += window.length;
      window = [];
      return written;
    };

    for await (const block of this.storage.blocks(batch.storageKey, start.byteOffset)) {
      window.push(...cutter.push(block));
      // The first ones at once: workers wait for them.
      const enough = nextChunkNo < CHUNKS_AT_ONCE ? CHUNKS_AT_ONCE : WINDOW_CHUNKS;
      if (window.length >= enough && !(await flush())) return false;
    }
    window.push(...cutter.finish());
    return await flush();
  }

  /** Chunk rows and the messages of the first, together. False when the batch was cancelled. */
  private async write(batchId: string, firstChunkNo: number, chunks: readonly Chunk[]): Promise<boolean> {
    return await withTransaction(this.dataSource, async (tx) => {
      if (!(await stillSplitting(tx, batchId))) return false;
      const released = await insertChunks(tx, batchId, { firstChunkNo, releasedBelow: CHUNKS_AT_ONCE }, chunks);
      await enqueueAll(
        tx,
        'chunk.ready.v1',
        released.map(({ chunkNo, firstLine }) => ({ batchId, chunkNo, fromLine: firstLine, toLine: null })),
      );
      return true;
    });
  }
}

function sizesOf({ bytes, firstBytes }: StoredSizes, { byteOffset }: Boundary): ChunkSizes {
  return { bytes, growth: firstBytes === null ? undefined : { from: byteOffset, firstBytes } };
}
