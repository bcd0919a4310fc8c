import { type DynamicModule, Module } from '@nestjs/common';
import { BackPressure } from './back-pressure.ts';
import { BatchesController } from './batches.controller.ts';
import { SETTINGS, type UploadSettings } from './config.ts';
import { DeadLetterActionsController } from './dead-letters/dead-letter-actions.controller.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { ExportsController } from './exports.controller.ts';
import { IssuersController } from './issuers.controller.ts';
import { RedirectsController } from './redirects.controller.ts';
import { StagesController } from './stages/stages.controller.ts';
import { StorageSpace } from './storage-space.ts';
import { UploadSlots } from './upload-slots.ts';

/** Expects STORAGE, LOGGER and the DataSource to be provided globally, as startHttpService does. */
@Module({})
export class UploadApiModule {
  static with(settings: UploadSettings): DynamicModule {
    return {
      module: UploadApiModule,
      controllers: [
        BatchesController,
        ExportsController,
        IssuersController,
        DeadLettersController,
        DeadLetterActionsController,
        StagesController,
        RedirectsController,
      ],
      providers: [BackPressure, StorageSpace, UploadSlots, { provide: SETTINGS, useValue: settings }],
    };
  }
}
