/** Every status a batch can have, in the order in which a batch that goes well has them. */
export const BATCH_STATUSES = [
  'received',
  'splitting',
  'processing',
  'completed',
  'completed_with_rejections',
  'failed',
  'cancelled',
] as const;

export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** `validate` says what would become of a file, and issues nothing. */
export const MODES = ['process', 'validate'] as const;

export type Mode = (typeof MODES)[number];

export const BOLETO_STATUSES = ['issued', 'registered', 'paid', 'cancelled', 'expired'] as const;

export type BoletoStatus = (typeof BOLETO_STATUSES)[number];

export const NOTIFICATION_STATUSES = ['pending', 'sent', 'failed'] as const;

export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const EXPORT_FORMATS = ['pdf-zip', 'pdf-merged'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_STATUSES = ['requested', 'running', 'completed', 'failed'] as const;

export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** Callers of an organization that is not active are refused; what it has sent goes on. */
export const ORGANIZATION_STATUSES = ['active', 'suspended', 'closed'] as const;

export type OrganizationStatus = (typeof ORGANIZATION_STATUSES)[number];

export const LETTER_STATUSES = ['open', 'replayed', 'discarded'] as const;

export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** The actions of an operator on dead letters. */
export const LETTER_ACTIONS = ['replay', 'discard', 'restore'] as const;

export type LetterAction = (typeof LETTER_ACTIONS)[number];
