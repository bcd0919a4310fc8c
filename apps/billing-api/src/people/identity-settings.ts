import type { IdentitySettings } from '#identity';
import type { Config } from '../config.ts';

export type PeopleConfig = Pick<
  Config,
  | 'PUBLIC_URL'
  | 'ENCRYPTION_SECRET'
  | 'CLIENT_SIGN_INS_PER_MINUTE'
  | 'OIDC_ISSUER'
  | 'OIDC_CLIENT_ID'
  | 'OIDC_CLIENT_SECRET'
  | 'OIDC_ACR'
  | 'OIDC_ALLOWED_DOMAINS'
>;

/**
 * The settings of sign-ins.
 * @throws Error for a provider without a client
 */
export function identitySettings(config: PeopleConfig): IdentitySettings {
  const { PUBLIC_URL: publicUrl, ENCRYPTION_SECRET: encryptionSecret } = config;
  return {
    publicUrl,
    encryptionSecret,
    signInsPerMinute: config.CLIENT_SIGN_INS_PER_MINUTE,
    oidc: providerOf(config),
  };
}

function providerOf(config: PeopleConfig): IdentitySettings['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = config;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) {
    throw new Error('OIDC_ISSUER and OIDC_CLIENT_ID belong together: set both, or neither');
  }
  const allowedDomains = config.OIDC_ALLOWED_DOMAINS.map((domain) => domain.toLowerCase());
  return { issuer, clientId, clientSecret, strongAcrs: config.OIDC_ACR, allowedDomains };
}
