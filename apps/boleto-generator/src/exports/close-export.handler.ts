import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { done, postpone, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { withTransaction } from '#database';
import { STORAGE } from '#process';
import type { Storage } from '#storage';
import { EXPORT_FORMATS, type ExportFormat } from './export-format.ts';
import { whileHeld } from './export-hold.queries.ts';
import {
  completeExport,
  deleteParts,
  findEntries,
  findExport,
  findParts,
  lockFailed,
  type ExportPart,
} from './export.queries.ts';
import { joinBlocks } from './join-blocks.ts';
import type { StoredPart } from './part.ts';

interface Assembly {
  readonly exportId: string;
  readonly parts: readonly ExportPart[];
  readonly format: ExportFormat;
}

/** export.close.v1 → joins the parts into one downloadable file, unless the export failed, and then removes them. */
@Injectable()
export class CloseExportHandler implements Handler<'boleto-generator.export-closings'> {
  readonly queues = ['boleto-generator.export-closings'] as const;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  /** Joining a large export takes longer than the watchdog waits before it announces the message again (ADR 34). */
  async handle(delivery: Delivery<'boleto-generator.export-closings'>): Promise<Outcome> {
    const closed = await whileHeld(this.dataSource, delivery.message.exportId, async () => await this.#close(delivery));
    return closed ?? postpone('another delivery is closing this export', 'throttled');
  }

  async #close(delivery: Delivery<'boleto-generator.export-closings'>): Promise<Outcome> {
    const { exportId } = delivery.message;
    const found = await findExport(this.dataSource.manager, exportId);
    if (found === undefined) return reject(`export ${exportId} does not exist`);

    const parts = await findParts(this.dataSource.manager, exportId);
    if (found.status === 'requested' || found.status === 'running') {
      // A stray message: the part that finishes last sends its own.
      if (parts.length !== found.partsTotal) return done;
      await this.#assemble({ exportId, parts, format: EXPORT_FORMATS[found.format] }, delivery.signal);
    }
    if (found.status === 'failed') await this.#removeFile(exportId, EXPORT_FORMATS[found.format]);
    // The rows go last, because after an interruption here they list the objects that are still to be removed.
    for (const { storageKey } of parts) await this.storage.remove(storageKey);
    return await delivery.commit(async (tx) => {
      await deleteParts(tx, exportId);
      return done;
    });
  }

  /**
   * Completes the export in a transaction of its own, so that the download does not wait until the parts are removed.
   */
  async #assemble({ exportId, parts, format }: Assembly, signal: AbortSignal): Promise<void> {
    const storageKey = fileOf(exportId, format);
    const stored = parts.map((part) => this.#storedPart(exportId, part, signal));
    const { bytes } = await this.storage.put(storageKey, joinBlocks(format.assemble(stored)));
    const files = parts.reduce((sum, part) => sum + part.files, 0);
    signal.throwIfAborted();
    const isCompleted = await withTransaction(
      this.dataSource,
      async (tx) => await completeExport(tx, exportId, { storageKey, files, bytes }),
    );
    if (!isCompleted) await this.#removeFile(exportId, format);
  }

  /**
   * Removes the file of an export that failed while the file was written, or that became outdated afterwards. No other
   * code would remove it. An export that is being made again, or that another delivery completed, keeps its file.
   */
  async #removeFile(exportId: string, format: ExportFormat): Promise<void> {
    await withTransaction(this.dataSource, async (tx) => {
      if (await lockFailed(tx, exportId)) await this.storage.remove(fileOf(exportId, format));
    });
  }

  #storedPart(exportId: string, part: ExportPart, signal: AbortSignal): StoredPart {
    return {
      bytes: part.bytes,
      crc32: part.crc32,
      open: async () => {
        signal.throwIfAborted();
        return await this.storage.stream(part.storageKey);
      },
      entries: async () => await findEntries(this.dataSource.manager, { exportId, partNo: part.partNo }),
    };
  }
}

function fileOf(exportId: string, { extension }: ExportFormat): string {
  return `exports/${exportId}.${extension}`;
}
