import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule, LeakedKeys } from '#access';
import { BackPressure } from '#http';
import { BatchesController } from './batches/batches.controller.ts';
import { BatchCsvController } from './batches/csv/batch-csv.controller.ts';
import { BatchEventsController } from './batches/progress/batch-events.controller.ts';
import { BatchReader } from './batches/progress/batch-reader.ts';
import { ProgressFeed } from './batches/progress/progress-feed.ts';
import { BoletosController } from './boletos/boletos.controller.ts';
import type { Config } from './config.ts';
import { ExportRequestsController } from './exports/export-requests.controller.ts';
import { ExportsController } from './exports/exports.controller.ts';
import { BanksController } from './issuers/banks.controller.ts';
import { IssuersController } from './issuers/issuers.controller.ts';
import { ProposalsController } from './issuers/proposals/proposals.controller.ts';
import { KeysController } from './keys/keys.controller.ts';
import { LeakedKeyController } from './keys/leaked-key.controller.ts';
import { AuditController } from './operations/audit/audit.controller.ts';
import { ActionRunner } from './operations/dead-letters/action-runner.ts';
import { DeadLetterActionsController } from './operations/dead-letters/dead-letter-actions.controller.ts';
import { DeadLettersController } from './operations/dead-letters/dead-letters.controller.ts';
import { OrganizationsController } from './operations/organizations/organizations.controller.ts';
import { StagesController } from './operations/stages/stages.controller.ts';
import { identitySettings, type PeopleConfig } from './people/identity-settings.ts';
import { PeopleModule } from './people/people.module.ts';
import { SETTINGS, type Settings } from './settings.ts';
import { PUBLIC_URL } from './tokens.ts';

/** Expects LOGGER, STORAGE and the DataSource to be provided globally, as startHttpService does. */
@Module({})
export class BillingApiModule {
  static with(config: Settings & PeopleConfig & Pick<Config, 'OUTBOX_DUE_MAX'>): DynamicModule {
    // One object, and so one module: two guards would each count a request.
    const access = AccessModule.with({ publicUrl: config.PUBLIC_URL });
    return {
      module: BillingApiModule,
      imports: [access, PeopleModule.with(identitySettings(config), access)],
      controllers: [
        KeysController,
        BatchesController,
        BatchEventsController,
        BatchCsvController,
        ExportsController,
        ExportRequestsController,
        BoletosController,
        IssuersController,
        ProposalsController,
        BanksController,
        // Before the letters: `actions` is a path of its own, not the id of a letter.
        DeadLetterActionsController,
        DeadLettersController,
        StagesController,
        OrganizationsController,
        AuditController,
        LeakedKeyController,
      ],
      providers: [
        ActionRunner,
        BatchReader,
        ProgressFeed,
        {
          provide: LeakedKeys,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new LeakedKeys(dataSource),
        },
        { provide: PUBLIC_URL, useValue: config.PUBLIC_URL },
        { provide: SETTINGS, useValue: config },
        {
          provide: BackPressure,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new BackPressure(dataSource, config.OUTBOX_DUE_MAX),
        },
      ],
    };
  }
}
