import { type DynamicModule, Module } from '@nestjs/common';
import { BatchCsvController } from './batches/batch-csv.controller.ts';
import { BatchEventsController } from './batches/batch-events.controller.ts';
import { BatchReader } from './batches/batch-reader.ts';
import { BatchesController } from './batches/batches.controller.ts';
import { ProgressFeed } from './batches/progress-feed.ts';
import { BoletosController } from './boletos/boletos.controller.ts';
import type { Config } from './config.ts';
import { ExportsController } from './exports/exports.controller.ts';
import { PUBLIC_URL, UPLOAD_URL } from './tokens.ts';
import { UploadsController } from './uploads.controller.ts';

/** Expects LOGGER, STORAGE and the DataSource to be provided globally, as startHttpService does. */
@Module({})
export class BillingApiModule {
  static with(config: Pick<Config, 'BILLING_API_URL' | 'UPLOAD_API_URL'>): DynamicModule {
    return {
      module: BillingApiModule,
      controllers: [
        BatchesController,
        BatchEventsController,
        BatchCsvController,
        ExportsController,
        BoletosController,
        UploadsController,
      ],
      providers: [
        BatchReader,
        ProgressFeed,
        { provide: PUBLIC_URL, useValue: config.BILLING_API_URL },
        { provide: UPLOAD_URL, useValue: config.UPLOAD_API_URL },
      ],
    };
  }
}
