import type { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import type { SecretBox } from './secret-box.ts';

/** The parts that the services of this lib work with. */
export interface IdentityParts {
  readonly dataSource: DataSource;
  readonly logger: Logger;
  readonly box: SecretBox;
  /** PUBLIC_URL: links begin with it, and it is the origin of passkeys. */
  readonly publicUrl: string;
  /** CLIENT_SIGN_INS_PER_MINUTE: attempts with a password from one network. */
  readonly signInsPerMinute: number;
}
