import { maskText } from '#observability';

const MESSAGE_CHARACTERS_MAX = 300;

/**
 * Whom a failure is about, and so what becomes of the e-mail:
 * - `permanent`: this e-mail, for ever. Recorded, never tried again.
 * - `transient`: this e-mail, for now. Tried again, alone.
 * - `unavailable`: every e-mail; the server is away or refuses us as a sender. Everything waits.
 * - `unclear`: the connection failed, on account of the server or of this e-mail. Only a new connection can tell.
 */
type SmtpFailureKind = 'permanent' | 'transient' | 'unavailable' | 'unclear';

export interface SmtpFailure {
  readonly kind: SmtpFailureKind;
  /** The SMTP reply (`550`), the system's code (`ECONNREFUSED`), nodemailer's (`ETIMEDOUT`), or the error's name. */
  readonly code: string;
  /** One line without personal data. */
  readonly message: string;
}

/**
 * nodemailer's codes (its errors.js) that decide whatever the server may have said: what it said concerns the
 * connection, not an e-mail (a greeting of 554, a login refused with 535).
 */
const BY_CODE: ReadonlyMap<string, SmtpFailureKind> = new Map([
  ['EAUTH', 'unavailable'], // login refused
  ['ENOAUTH', 'unavailable'], // login wanted, none configured
  ['EOAUTH2', 'unavailable'],
  ['EDNS', 'unavailable'], // the server's own name, not the recipient's domain
  ['ETLS', 'unavailable'], // no handshake, or a certificate that does not fit
  ['EREQUIRETLS', 'unavailable'],
  ['EPROXY', 'unavailable'],
  ['ECONFIG', 'unavailable'],
  ['ECONNECTION', 'unclear'], // closed unexpectedly, before or in the middle of an e-mail, or after a 421
  ['ESOCKET', 'unclear'], // refused, reset, unreachable
  ['ETIMEDOUT', 'unclear'], // to connect, to greet, or in the middle of an e-mail
  ['EPROTOCOL', 'unclear'], // a greeting or an answer that is none
]);

/** The same, when there is no reply: nodemailer refused to hand the e-mail over. */
const BY_CODE_WITHOUT_REPLY: ReadonlyMap<string, SmtpFailureKind> = new Map([
  ['EENVELOPE', 'permanent'], // an address that is none
  ['EMESSAGE', 'permanent'], // larger than the server takes
]);

/**
 * Replies to MAIL FROM that are about this e-mail: its size (552, and 452 for now) or its parameters (501, 504, 555,
 * and 455 for now). Any other reply there is about the sender, who is the same for every e-mail.
 */
const MAIL_FROM_REPLIES_ABOUT_THE_EMAIL: ReadonlySet<number> = new Set([452, 455, 501, 504, 552, 555]);

/** 503, bad sequence of commands, blames the session: the same e-mail may pass on another connection. */
const TRANSIENT_5XX: ReadonlySet<number> = new Set([503]);
const SERVICE_CLOSING = 421;

/** What a failed attempt to send one e-mail means. An error that SMTP does not explain is `transient`: ours, perhaps. */
export function classifySmtpError(error: unknown): SmtpFailure {
  const reply = numberOf(error, 'responseCode');
  const code = textOf(error, 'code');
  return {
    kind: kindOf(code, reply, textOf(error, 'command')),
    code:
      reply?.toString() ?? textOf(error, 'originalCode') ?? code ?? (error instanceof Error ? error.name : 'UNKNOWN'),
    message: maskText(error instanceof Error ? error.message : String(error))
      .replaceAll(/\s+/g, ' ')
      .slice(0, MESSAGE_CHARACTERS_MAX),
  };
}

/** For the reason of a retry: `ECONNREFUSED: connect ECONNREFUSED …`. */
export function describeFailure({ code, message }: SmtpFailure): string {
  return `${code}: ${message}`;
}

function kindOf(code: string | undefined, reply: number | undefined, command: string | undefined): SmtpFailureKind {
  const byCode = BY_CODE.get(code ?? '');
  if (byCode !== undefined) return byCode;
  if (reply === undefined) return BY_CODE_WITHOUT_REPLY.get(code ?? '') ?? 'transient';
  if (reply === SERVICE_CLOSING) return 'unclear';
  if (command === 'MAIL FROM' && !MAIL_FROM_REPLIES_ABOUT_THE_EMAIL.has(reply)) return 'unavailable';
  return reply >= 500 && !TRANSIENT_5XX.has(reply) ? 'permanent' : 'transient';
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
