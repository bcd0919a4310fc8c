import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { AccessGuard } from './guard/access.guard.ts';
import { Callers } from './keys/callers.ts';
import { LimitGuard } from './limits/limit.guard.ts';

/** Puts the guard before every handler of an app. Import it into the app's module. */
@Module({
  providers: [
    {
      provide: Callers,
      inject: [DataSource, LOGGER],
      useFactory: (dataSource: DataSource, logger: Logger) => new Callers(dataSource, logger),
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    // Guards run in this order: nothing is counted for a caller that was refused.
    { provide: APP_GUARD, useClass: LimitGuard },
  ],
})
export class AccessModule {}
