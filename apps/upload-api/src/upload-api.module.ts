import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule } from '#access';
import { BackPressure } from '#http';
import { SETTINGS, type Config, type UploadSettings } from './config.ts';
import { StorageSpace } from './limits/storage-space.ts';
import { UploadSlots } from './limits/upload-slots.ts';
import { BatchesController } from './uploads/batches.controller.ts';

/** Expects STORAGE, LOGGER and the DataSource to be provided globally, as startHttpService does. */
@Module({})
export class UploadApiModule {
  static with(settings: UploadSettings & Pick<Config, 'OUTBOX_DUE_MAX'>): DynamicModule {
    return {
      module: UploadApiModule,
      imports: [AccessModule.with({ publicUrl: settings.PUBLIC_URL })],
      controllers: [BatchesController],
      providers: [
        StorageSpace,
        UploadSlots,
        { provide: SETTINGS, useValue: settings },
        {
          provide: BackPressure,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new BackPressure(dataSource, settings.OUTBOX_DUE_MAX),
        },
      ],
    };
  }
}
