import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { AccessGuard } from './guard/access.guard.ts';
import { CallerWatch } from './guard/caller-watch.ts';
import { Denials } from './guard/denials.ts';
import { findCallerNow } from './guard/find-caller.ts';
import { People } from './guard/people.ts';
import { Callers } from './keys/callers.ts';
import { LimitGuard } from './limits/limit.guard.ts';
import { Tenancy } from './tenancy/tenancy.ts';

/** Puts the guard before every handler of an app, and gives Tenancy to its controllers. Import it into its module. */
@Module({})
export class AccessModule {
  /** `publicUrl`: PUBLIC_URL, whose pages may act with the cookie of a session. */
  static with({ publicUrl }: { readonly publicUrl: string }): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        {
          provide: Callers,
          inject: [DataSource, LOGGER],
          useFactory: (dataSource: DataSource, logger: Logger) => new Callers(dataSource, logger),
        },
        {
          provide: People,
          inject: [DataSource, LOGGER],
          useFactory: (dataSource: DataSource, logger: Logger) => new People(dataSource, { logger, publicUrl }),
        },
        {
          provide: CallerWatch,
          inject: [Callers, People, LOGGER],
          useFactory: (callers: Callers, people: People, logger: Logger) =>
            new CallerWatch({ find: (request) => findCallerNow(request, { callers, people }), logger }),
        },
        Denials,
        { provide: APP_GUARD, useClass: AccessGuard },
        // Guards run in this order: nothing is counted for a caller that was refused.
        { provide: APP_GUARD, useClass: LimitGuard },
        { provide: Tenancy, inject: [DataSource], useFactory: (dataSource: DataSource) => new Tenancy(dataSource) },
      ],
      exports: [CallerWatch, Tenancy],
    };
  }
}
