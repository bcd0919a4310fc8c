import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { AccessGuard } from './guard/access.guard.ts';
import { Callers } from './keys/callers.ts';
import { Tenancy } from './tenancy/tenancy.ts';

/** Puts the guard before every handler of an app, and gives Tenancy to its controllers. Import it into the app's module. */
@Module({
  providers: [
    {
      provide: Callers,
      inject: [DataSource, LOGGER],
      useFactory: (dataSource: DataSource, logger: Logger) => new Callers(dataSource, logger),
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: Tenancy, inject: [DataSource], useFactory: (dataSource: DataSource) => new Tenancy(dataSource) },
  ],
  exports: [Tenancy],
})
export class AccessModule {}
