import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Identity, type IdentitySettings } from '#identity';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { MeController } from './me.controller.ts';
import { OidcController } from './oidc.controller.ts';
import { PasskeysController } from './passkeys.controller.ts';
import { SignInController } from './sign-in.controller.ts';
import { UsersController } from './users.controller.ts';

/** People: sign-in, their own things, and the members of an organization. */
@Module({})
export class PeopleModule {
  /** `access` is the module of the app that gives Tenancy. */
  static with(settings: IdentitySettings, access: DynamicModule): DynamicModule {
    return {
      module: PeopleModule,
      imports: [access],
      controllers: [SignInController, PasskeysController, OidcController, MeController, UsersController],
      providers: [
        {
          provide: Identity,
          inject: [DataSource, LOGGER],
          useFactory: (dataSource: DataSource, logger: Logger) => new Identity(dataSource, logger, settings),
        },
      ],
      exports: [Identity],
    };
  }
}
