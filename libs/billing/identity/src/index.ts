export { Identity, type IdentitySettings } from './identity.ts';
export { inviteFirstAdmin } from './members/first-admin.ts';
export type { Invitation } from './members/invitation.queries.ts';
export type { Admin } from './members/members.ts';
export type { MemberRow } from './members/member.queries.ts';
export { endPlatformRole, givePlatformRole } from './platform/platform-role.ts';
export type { OidcSettings } from './oidc/oidc.ts';
export type { SignInResult } from './sign-in/finish.ts';
export { makeSetupLink } from './sign-in/setup.ts';
