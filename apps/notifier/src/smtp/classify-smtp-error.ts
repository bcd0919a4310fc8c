import { maskText } from '#observability';

const MESSAGE_CHARACTERS_MAX = 300;

/**
 * The scope of a failure, which decides what happens to the e-mail:
 * - `invalid`: this e-mail has an address or a size that never passes. Recorded, never tried again.
 * - `permanent`: this e-mail was refused for ever. Recorded, never tried again.
 * - `transient`: this e-mail was refused for now. Tried again, alone.
 * - `throttled`: the server accepts no e-mail for now, because we send too much. Everything waits.
 * - `unavailable`: the server is away, or refuses us as a sender. Everything waits.
 * - `unknown`: this e-mail failed for a reason outside SMTP. Tried again, alone.
 */
export type SmtpFailureClass = 'invalid' | 'permanent' | 'transient' | 'throttled' | 'unavailable' | 'unknown';

/**
 * Adds `unclear`: the connection failed because of the server or because of this e-mail. Only a new connection can
 * tell.
 */
type SmtpFailureKind = SmtpFailureClass | 'unclear';

export interface SmtpFailure {
  readonly kind: SmtpFailureKind;
  /**
   * The SMTP reply (`550`), the system's code (`ECONNREFUSED`), nodemailer's code (`ETIMEDOUT`) or the error's name.
   */
  readonly code: string;
  /** One line without personal data. */
  readonly message: string;
}

/**
 * nodemailer's codes (its errors.js) that decide without regard to the server's reply. The reply concerns the
 * connection, not an e-mail (a greeting of 554, a login refused with 535).
 */
const BY_CODE: ReadonlyMap<string, SmtpFailureKind> = new Map([
  ['EAUTH', 'unavailable'], // login refused
  ['ENOAUTH', 'unavailable'], // login required, none configured
  ['EOAUTH2', 'unavailable'],
  ['EDNS', 'unavailable'], // the name of the server cannot be resolved; the recipient's domain is not meant
  ['ETLS', 'unavailable'], // no handshake, or a certificate that does not match
  ['EREQUIRETLS', 'unavailable'],
  ['EPROXY', 'unavailable'],
  ['ECONFIG', 'unavailable'],
  ['ECONNECTION', 'unclear'], // closed unexpectedly, before or in the middle of an e-mail, or after a 421
  ['ESOCKET', 'unclear'], // refused, reset, unreachable
  ['ETIMEDOUT', 'unclear'], // to connect, to greet, or in the middle of an e-mail
  ['EPROTOCOL', 'unclear'], // an invalid greeting or answer
]);

/** Further codes that decide when there is no reply, because nodemailer refused to hand the e-mail over. */
const BY_CODE_WITHOUT_REPLY: ReadonlyMap<string, SmtpFailureKind> = new Map([
  ['EENVELOPE', 'invalid'], // an invalid address
  ['EMESSAGE', 'invalid'], // larger than the server accepts
  ['ESTREAM', 'transient'],
  ['EMAXLIMIT', 'transient'],
]);

/**
 * Replies to MAIL FROM that concern this e-mail: its size (552) or its parameters (501, 504, 555, and 455 for now). Any
 * other reply there concerns the sender, which is the same for every e-mail.
 */
const MAIL_FROM_REPLIES_ABOUT_THE_EMAIL: ReadonlySet<number> = new Set([455, 501, 504, 552, 555]);

/** 503, bad sequence of commands, concerns the session: the same e-mail may pass on another connection. */
const TRANSIENT_5XX: ReadonlySet<number> = new Set([503]);
const SERVICE_CLOSING = 421;
/** At RCPT TO this reply means a full mailbox or too many recipients. */
const INSUFFICIENT_STORAGE = 452;

/**
 * Enhanced status codes (RFC 3463 and IANA's registry) of a 4xx reply that mean "not now" for every e-mail, whatever
 * command they answer. 4.7.0 and 4.7.1 are left out, because greylisting servers answer one recipient with these.
 */
const THROTTLING_STATUS: ReadonlySet<string> = new Set([
  '4.3.1', // mail system full
  '4.3.2', // system not accepting messages
  '4.4.5', // mail system congestion
  '4.7.28', // mail flood detected (Gmail)
  '4.7.500', // server busy (Exchange Online)
  '4.7.650', // our address sends too fast (Outlook.com)
]);

/** Classifies the failure of one attempt to send one e-mail. */
export function classifySmtpError(error: unknown): SmtpFailure {
  const reply = numberOf(error, 'responseCode');
  const code = textOf(error, 'code');
  return {
    kind: kindOf({
      code,
      reply,
      command: textOf(error, 'command'),
      status: enhancedStatus(textOf(error, 'response')),
    }),
    code:
      reply?.toString() ?? textOf(error, 'originalCode') ?? code ?? (error instanceof Error ? error.name : 'UNKNOWN'),
    message: maskText(error instanceof Error ? error.message : String(error))
      .replaceAll(/\s+/g, ' ')
      .slice(0, MESSAGE_CHARACTERS_MAX),
  };
}

/** Text for the reason of a retry: `ECONNREFUSED: connect ECONNREFUSED …`. */
export function describeFailure({ code, message }: SmtpFailure): string {
  return `${code}: ${message}`;
}

function kindOf({
  code,
  reply,
  command,
  status,
}: {
  readonly code: string | undefined;
  readonly reply: number | undefined;
  readonly command: string | undefined;
  readonly status: string | undefined;
}): SmtpFailureKind {
  // This reply concerns the connection and every e-mail, whatever code nodemailer reports. The server sends us away
  // because it is closing or, if its status says so, because we send too much.
  if (reply === SERVICE_CLOSING) return status?.startsWith('4.7.') === true ? 'throttled' : 'unavailable';
  const byCode = BY_CODE.get(code ?? '');
  if (byCode !== undefined) return byCode;
  if (reply === undefined) return BY_CODE_WITHOUT_REPLY.get(code ?? '') ?? 'unknown';
  if (command === 'MAIL FROM' && !MAIL_FROM_REPLIES_ABOUT_THE_EMAIL.has(reply)) {
    return reply < 500 ? 'throttled' : 'unavailable';
  }
  if (reply < 500) {
    if (status !== undefined && THROTTLING_STATUS.has(status)) return 'throttled';
    return reply === INSUFFICIENT_STORAGE && command === 'DATA' ? 'throttled' : 'transient';
  }
  return TRANSIENT_5XX.has(reply) ? 'transient' : 'permanent';
}

/** The status that follows the reply code: `4.7.28` in `450-4.7.28 …`. */
function enhancedStatus(response: string | undefined): string | undefined {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
}

function propertyOf(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}

function textOf(error: unknown, name: string): string | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'string' ? value : undefined;
}

function numberOf(error: unknown, name: string): number | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'number' ? value : undefined;
}
