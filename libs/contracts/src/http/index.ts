export {
  isPermission,
  keyPermissions,
  type Permission,
  permissions,
  planeOf,
  type Role,
  rolePermissions,
  roles,
} from './access/permissions.ts';
export {
  keyListQuery,
  keyRequest,
  keyRotation,
  leakedKey,
  type ApiKeyView,
  type KeyRequestBody,
  type LeakedKey,
  type LeakedKeyEnded,
  type MadeApiKeyView,
} from './access/keys.routes.ts';
export { neededPermission, type RouteAccess } from './access/route-access.ts';
export { type AuditAction, auditActions } from './audit/audit-actions.ts';
export {
  AUDIT_HEADER,
  auditCsvQuery,
  type AuditEventPage,
  auditEventQuery,
  type AuditEventView,
  type AuditFilter,
  type AuditPlane,
  type AuditSealPage,
  auditSealQuery,
  type AuditSealView,
} from './audit/audit.routes.ts';
export { DUPLICATES_HEADER, REJECTIONS_HEADER, RESULTS_HEADER } from './batches/batch-files.ts';
export {
  batchListQuery,
  csvQuery,
  type BatchListQuery,
  type BatchPage,
  type BatchSummary,
  type BatchView,
  type CsvQuery,
} from './batches/batches.schema.ts';
export type { BoletoView } from './boletos/boletos.routes.ts';
export {
  actionListQuery,
  groupListQuery,
  letterId,
  letterListQuery,
  replayRequest,
  selectionRequest,
  type ActionResultView,
  type ActionView,
  type LetterFilter,
  type LetterView,
  type SelectionRequest,
  type StartedActionView,
} from './operations/dead-letters.schema.ts';
export {
  exportListQuery,
  exportMediaTypes,
  exportRequest,
  type ExportListQuery,
  type ExportPage,
  type ExportView,
} from './boletos/exports.routes.ts';
export { findRoute } from './find-route.ts';
export {
  bankListQuery,
  issuerListQuery,
  type BankView,
  type IssuerPage,
  type IssuerView,
} from './issuers/issuers.routes.ts';
export {
  issuerChange,
  type IssuerChange,
  issuerPreviewRequest,
  type IssuerPreviewRequest,
  issuerRequest,
  type IssuerRequest,
} from './issuers/issuers.schema.ts';
export {
  type ProposalListQuery,
  proposalListQuery,
  type ProposalPage,
  type ProposalView,
  type RefusalRequest,
  refusalRequest,
} from './issuers/proposals.routes.ts';
export { refusals, type RefusalCode } from './operations/letter-refusals.ts';
export { batchLinks, exportLinks, letterActionLinks } from './links.ts';
export { type Page } from './page.ts';
export {
  oidcCallbackQuery,
  oidcStartQuery,
  passkeyRegistration,
  passkeySignIn,
  passwordReset,
  passwordSignIn,
  providerLogout,
  recoverySignIn,
  setupRequest,
  stepUpRequest,
  totpSignIn,
} from './people/auth.routes.ts';
export {
  linkOfInvitation,
  organizationChoice,
  ownListQuery,
  passwordChange,
  totpConfirmation,
  type MeView,
  type PasskeyView,
  type SessionView,
} from './people/me.routes.ts';
export type { SignInStep } from './people/people.schema.ts';
export {
  acceptance,
  CUT_KEYS_MAX,
  invitationRequest,
  peopleListQuery,
  userChange,
  type ChangedUserView,
  type InvitationView,
  type MadeInvitationView,
  type UserView,
} from './people/users.routes.ts';
export {
  type ApiName,
  BACK_PRESSURE_CODES,
  type FileAnswer,
  type JsonAnswer,
  type RedirectAnswer,
  type RouteSpec,
} from './route-spec.ts';
export { type RouteKey, routes } from './routes.ts';
export {
  backlogListQuery,
  pauseRequest,
  stageListQuery,
  type BacklogPage,
  type StagePage,
  type StageSwitched,
  type StageView,
} from './operations/stages.routes.ts';
export {
  organizationChange,
  type OrganizationChange,
  organizationListQuery,
  organizationRequest,
  type MadeOrganizationView,
  type OrganizationView,
} from './operations/organizations.routes.ts';
export { oneLine, showable } from './texts.ts';
export { uploadProblems, type UploadProblemCode } from './uploads/upload-problems.ts';
export { uploadFields } from './uploads/uploads.routes.ts';
export {
  type CountedBy,
  type LimitName,
  limits,
  type LimitSpec,
  maxOf,
  type OrganizationLimits,
  organizationLimits,
  type RateLimit,
  type RateName,
  rateOf,
  type SharedRateName,
  type StoredLimits,
} from './access/limits.ts';
