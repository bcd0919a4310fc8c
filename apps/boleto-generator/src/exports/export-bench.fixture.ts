import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message } from '#contracts';
import type { AnyHandler, Handler } from '#messaging';
import { createMetrics } from '#observability';
import { createStorage, type Storage } from '#storage';
import {
  createTestDatabase,
  insertBatch,
  insertIssuer,
  testBroker,
  waitFor,
  type TestBroker,
  type TestDatabase,
} from '#testing';
import { insertDebts } from '../debts.fixture.ts';
import { IssueChunkHandler } from '../issue/issue-chunk.handler.ts';
import { CloseExportHandler } from './close-export.handler.ts';
import type { ExportState } from './export.queries.ts';
import { RenderPartHandler } from './render-part.handler.ts';
import { StartExportHandler } from './start-export.handler.ts';

type Closing = Handler<'boleto-generator.export-closings'>;

/** Keeps back the closing of an export until it is released. */
export class Held {
  readonly asked: Message<'export.close.v1'>[] = [];
  release: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  hold(closing: Closing): Closing {
    return {
      queue: closing.queue,
      handle: async (delivery) => {
        this.asked.push(delivery.message);
        await this.released;
        return await closing.handle(delivery);
      },
    };
  }
}

/** An export with all its parts ready, that waits to be closed. */
export interface ReadyExport extends Message<'export.requested.v1'> {
  readonly broker: TestBroker;
  readonly held: Held;
}

/** A database and a storage for exports of one format, and everything that a generator does. */
export class ExportBench {
  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
    readonly storage: Storage,
    readonly format: ExportState['format'],
  ) {}

  static async open(format: ExportState['format']): Promise<ExportBench> {
    const folder = await mkdtemp(join(tmpdir(), 'exports-'));
    return new ExportBench(
      await createTestDatabase(),
      folder,
      createStorage({ url: pathToFileURL(folder).href }),
      format,
    );
  }

  async close(): Promise<void> {
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }

  /** Closing goes through `held`, if given. */
  async broker({ storage = this.storage, held }: { storage?: Storage; held?: Held } = {}): Promise<TestBroker> {
    const { dataSource } = this.database;
    const metrics = createMetrics({ service: 'test', version: '0' });
    const closing = new CloseExportHandler(dataSource, storage);
    const handlers: readonly AnyHandler[] = [
      new IssueChunkHandler(dataSource, 'America/Sao_Paulo', metrics),
      new StartExportHandler(dataSource),
      new RenderPartHandler(dataSource, storage),
      held === undefined ? closing : held.hold(closing),
    ];
    return await testBroker(dataSource, handlers);
  }

  /** A batch whose chunks of these sizes are issued by the generator itself. */
  async issuedBatch(
    broker: TestBroker,
    sizes: readonly number[],
    debtIdOf?: (line: number) => string,
  ): Promise<string> {
    const db = this.database.dataSource;
    const { id: issuerId } = await insertIssuer(db);
    const { id: batchId } = await insertBatch(db, { issuerId, status: 'processing' });
    for (const part of await insertDebts(db, { issuerId, batchId }, sizes, debtIdOf)) {
      await broker.send('chunk.validated.v1', part);
    }
    const total = sizes.reduce((sum, size) => sum + size, 0);
    await waitFor(async () => (await this.count(`select from boletos where batch_id = $1`, batchId)) === total, {
      describe: `${total.toString()} boletos`,
    });
    return batchId;
  }

  async requestExport(batchId: string): Promise<Message<'export.requested.v1'>> {
    const exportId = randomUUID();
    await this.database.dataSource.query(`insert into exports (id, batch_id, format) values ($1, $2, $3)`, [
      exportId,
      batchId,
      this.format,
    ]);
    return { batchId, exportId };
  }

  async count(selection: string, id: string): Promise<number> {
    const rows: { n: string }[] = await this.database.dataSource.query(
      `select count(*) as n from (${selection}) as s`,
      [id],
    );
    return Number(rows[0]?.n);
  }

  async partsOf(exportId: string): Promise<number> {
    return await this.count(`select from export_parts where export_id = $1`, exportId);
  }

  async exportRow(exportId: string): Promise<Record<string, unknown>> {
    const rows: Record<string, unknown>[] = await this.database.dataSource.query(
      `select status, parts_total, files_total, files_done, bytes, storage_key, failure, completed_at is not null as ended
       from exports where id = $1`,
      [exportId],
    );
    return rows[0] ?? {};
  }

  async untilCleared(exportId: string): Promise<void> {
    await waitFor(
      async () => (await this.exportRow(exportId))['status'] === 'completed' && (await this.partsOf(exportId)) === 0,
      { describe: 'the export to be completed and its parts cleared away' },
    );
  }

  /** What is in storage, by name. */
  async filesOf(exportId: string): Promise<readonly string[]> {
    const names = await readdir(join(this.folder, 'exports')).catch(() => []);
    return names.filter((name) => name.startsWith(exportId)).toSorted();
  }

  async read(key: string): Promise<Buffer> {
    return await this.storage.read(key, { offset: 0, length: (await this.storage.size(key)) ?? 0 });
  }

  /** Messages about exports that were dealt with. */
  async settled(): Promise<number> {
    return await this.count(`select from inbox where queue like $1`, 'boleto-generator.export%');
  }

  async readyToClose(sizes: readonly number[], storage: Storage = this.storage): Promise<ReadyExport> {
    const held = new Held();
    const broker = await this.broker({ storage, held });
    const requested = await this.requestExport(await this.issuedBatch(broker, sizes));
    await broker.send('export.requested.v1', requested);
    await waitFor(() => held.asked.length === 1, { describe: 'the last part' });
    return { ...requested, broker, held };
  }
}

/** The storage, but for what is given instead. */
export function storageWith(storage: Storage, instead: Partial<Storage>): Storage {
  return {
    put: async (key, body) => await storage.put(key, body),
    read: async (key, range) => await storage.read(key, range),
    stream: async (key, range) => await storage.stream(key, range),
    size: async (key) => await storage.size(key),
    remove: async (key) => {
      await storage.remove(key);
    },
    ...instead,
  };
}
