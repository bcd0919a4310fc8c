import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { DataSource } from 'typeorm';
import type { Mode } from '#contracts';
import { CSV_HEADER, detectDialect, scanRecords } from '#debts-csv';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import { createTestDatabase, insertBatch, insertChunk, testBroker, waitFor, type TestBroker } from '#testing';
import { ValidateChunkHandler } from './validate-chunk.handler.ts';

const HEADER = `${CSV_HEADER}\n`;
/** Three valid CPFs; the first is Ana's. */
export const CPF = ['52998224725', '11144477735', '12345678909'] as const;
export const ANA: string = CPF[0];

export function row(
  id: string,
  { document = ANA, amount = '10.50', due = '2035-01-31', email = 'a@example.com', name = 'Ana' } = {},
): string {
  return `${name},${document},${email},${amount},${due},${id}\n`;
}

/** Rows of three people in turn. */
export function rowsOfThree(ids: readonly string[]): readonly string[] {
  return ids.map((id) => row(id, { document: CPF[Number(id.slice(1)) % 3] ?? ANA }));
}

export interface Given {
  readonly batchId: string;
  readonly chunks: readonly { readonly chunkNo: number; readonly firstLine: number }[];
}

interface Sums {
  readonly chunks: number;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

/**
 * The validator must give the same results with its fast paths and without:
 * `describe.each(SWITCHES)('FAST_PATHS=$name', …)`.
 */
export const SWITCHES = [
  { name: 'on', fastPaths: true },
  { name: 'off', fastPaths: false },
] as const;

/** A database and a storage of its own, and validators on them. */
export class ValidatorLab {
  private constructor(
    readonly dataSource: DataSource,
    readonly storage: Storage,
    /** For another app on the same database and storage. */
    readonly urls: { readonly database: string; readonly storage: string },
    private readonly fastPaths: boolean,
    /** Removes both. */
    readonly close: () => Promise<void>,
  ) {}

  static async open({ fastPaths = true } = {}): Promise<ValidatorLab> {
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'validator-'));
    const url = pathToFileURL(folder).href;
    const storage = await createStorage({ url });
    const urls = { database: database.url, storage: url };
    return new ValidatorLab(database.dataSource, storage, urls, fastPaths, async () => {
      await database.drop();
      await rm(folder, { recursive: true });
    });
  }

  handler(): ValidateChunkHandler {
    const metrics = createMetrics({ service: 'test', version: '0' });
    const config = { TIME_ZONE: 'America/Sao_Paulo', FAST_PATHS: this.fastPaths };
    return new ValidateChunkHandler(this.dataSource, this.storage, config, metrics);
  }

  async validators(): Promise<TestBroker> {
    return await testBroker(this.dataSource, [this.handler()]);
  }

  /** A batch in processing whose file has these chunks of rows. */
  async batchOf(
    chunks: readonly (readonly string[])[],
    {
      header: headerText = HEADER,
      ...options
    }: { header?: string; issuerId?: string; mode?: Mode; profile?: 'strict' | 'lenient' } = {},
  ): Promise<Given> {
    const text = headerText + chunks.flat().join('');
    const bytes = Buffer.from(text);
    const detected = detectDialect(bytes);
    if (!detected.ok) throw new Error(detected.problem.message);
    const { dialect, header } = detected;
    const total = scanRecords(bytes.subarray(header.byteLength), dialect).length;
    const { id: batchId, storageKey } = await insertBatch(this.dataSource, {
      ...options,
      status: 'processing',
      dialect,
      columns: header.mapping,
      rowsRead: BigInt(total),
      chunksTotal: chunks.length,
      splittingAt: new Date(),
      splitAt: new Date(),
    });
    await this.storage.put(storageKey, Readable.from([bytes]));
    const written: { chunkNo: number; firstLine: number }[] = [];
    let byteOffset = header.byteLength;
    let firstLine = header.lines + 1;
    for (const [chunkNo, rows] of chunks.entries()) {
      const content = Buffer.from(rows.join(''));
      await insertChunk(this.dataSource, {
        batchId,
        chunkNo,
        byteOffset: BigInt(byteOffset),
        byteLength: content.length,
        firstLine: BigInt(firstLine),
        rows: scanRecords(content, dialect).length,
      });
      written.push({ chunkNo, firstLine });
      byteOffset += content.length;
      firstLine += rows.join('').split('\n').length - 1;
    }
    return { batchId, chunks: written };
  }

  async validate(broker: TestBroker, { batchId, chunks }: Given, inAll = chunks.length): Promise<void> {
    for (const { chunkNo, firstLine } of chunks) {
      await broker.send('chunk.ready.v1', { batchId, chunkNo, fromLine: firstLine, toLine: null });
    }
    await waitFor(async () => (await this.results(batchId)).chunks === inAll, { describe: 'all chunks validated' });
  }

  async results(batchId: string): Promise<Sums> {
    const rows: Sums[] = await this.dataSource.query(
      `select count(*)::int as chunks, coalesce(sum(rows), 0)::int as rows, coalesce(sum(accepted), 0)::int as accepted,
              coalesce(sum(duplicate), 0)::int as duplicate, coalesce(sum(rejected), 0)::int as rejected
       from chunk_results where batch_id = $1 and stage = 'validate'`,
      [batchId],
    );
    return rows[0] ?? { chunks: 0, rows: 0, accepted: 0, duplicate: 0, rejected: 0 };
  }

  async count(sql: string, parameters: readonly unknown[]): Promise<number> {
    const rows: { n: number }[] = await this.dataSource.query(`select count(*)::int as n ${sql}`, [...parameters]);
    return rows[0]?.n ?? 0;
  }
}
