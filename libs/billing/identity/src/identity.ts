import type { DataSource } from 'typeorm';
import type { Logger } from '#observability';
import { activeMemberships, findAccount } from './accounts/account.queries.ts';
import { SecondFactors } from './factors/second-factors.ts';
import { Invitations } from './members/accept.ts';
import { Members } from './members/members.ts';
import { Oidc, type OidcSettings } from './oidc/oidc.ts';
import { OwnSessions } from './own-sessions.ts';
import { Passkeys } from './passkeys/passkeys.ts';
import { PasswordChanges } from './passwords/password-changes.ts';
import { SecretBox } from './secret-box.ts';
import { Setup } from './sign-in/setup.ts';
import { SignIn } from './sign-in/sign-in.ts';

export interface IdentitySettings {
  /** PUBLIC_URL: links begin with it, and it is the origin of passkeys. */
  readonly publicUrl: string;
  /** ENCRYPTION_SECRET: seals the seeds of second factors. */
  readonly encryptionSecret: string;
  /** CLIENT_SIGN_INS_PER_MINUTE: attempts with a password from one network. */
  readonly signInsPerMinute: number;
  /** Undefined where people do not sign in with a provider. */
  readonly oidc: OidcSettings | undefined;
}

/** Everything that people do to sign in, and that admins do with people. */
export class Identity {
  readonly signIn: SignIn;
  readonly setup: Setup;
  readonly secondFactors: SecondFactors;
  readonly passwords: PasswordChanges;
  readonly passkeys: Passkeys;
  readonly sessions: OwnSessions;
  readonly members: Members;
  readonly invitations: Invitations;
  /** Undefined where there is no provider. */
  readonly oidc: Oidc | undefined;
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource, logger: Logger, settings: IdentitySettings) {
    const { publicUrl, encryptionSecret, signInsPerMinute, oidc } = settings;
    const parts = { dataSource, logger, publicUrl, signInsPerMinute, box: new SecretBox(encryptionSecret) };
    this.#dataSource = dataSource;
    this.signIn = new SignIn(parts);
    this.setup = new Setup(parts);
    this.secondFactors = new SecondFactors(parts);
    this.passwords = new PasswordChanges(parts);
    this.passkeys = new Passkeys(parts);
    this.sessions = new OwnSessions(parts);
    this.members = new Members(parts);
    this.invitations = new Invitations(parts);
    this.oidc = oidc === undefined ? undefined : new Oidc(parts, oidc);
  }

  /** The means that a person has to sign in, and the organizations where the person may work. */
  async overviewOf(userId: string) {
    const { manager } = this.#dataSource;
    const [account, organizations, recoveryCodesLeft] = await Promise.all([
      findAccount(manager, userId),
      activeMemberships(manager, userId),
      this.secondFactors.recoveryCodesLeft(userId),
    ]);
    return {
      factors: {
        password: account !== undefined && account.passwordHash !== null,
        totp: account?.hasTotp ?? false,
        passkeys: account?.passkeys ?? 0,
        recoveryCodesLeft,
      },
      organizations,
    };
  }
}
