import { maskDocument, parseCnpj } from '#tax-ids';

/** Replaces a value whose field name marks it as personal or secret. */
const HIDDEN = '[hidden]';

/** The depth at which logging stops, because a log line is not a dump. */
const DEPTH_MAX = 8;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID_ALONE = new RegExp(`^${UUID}$`, 'i');
const UUID_CHARS = 36;

/*
 * The first matching alternative wins. The first two are kept as they are, so that the digits inside an id or a hash
 * are not taken for a document. Every repetition is bounded, so masking takes linear time for any text.
 */
const SENSITIVE = new RegExp(
  [
    `(?<id>${UUID})(?!@)`,
    '(?<hash>(?<![0-9a-z])(?=[0-9]{0,127}[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?![0-9a-z]))',
    // Credentials in a URL: amqp://user:password@host
    '(?<=:\\/\\/)(?<credentials>[^\\s/@]{1,256})@',
    // PIX "copia e cola" (BR Code, EMV), from the payload format indicator to the CRC
    '(?<pix>000201[\\s\\S]{10,900}?6304[0-9a-f]{4})',
    "(?<local>[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64})@(?<domain>[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){0,8})",
    // Linha digitável: 47 digits, printed or bare; 48 for utilities and taxes
    '(?<linha>(?<!\\d)(?:\\d{5}[. ]?\\d{5} ?\\d{5}[. ]?\\d{6} ?\\d{5}[. ]?\\d{6} ?\\d ?\\d{14}|(?:\\d{11}[- ]?\\d ?){3}\\d{11}[- ]?\\d)(?!\\d))',
    '(?<barcode>(?<!\\d)\\d{44}(?!\\d))',
    // A telephone in the form of PIX keys: +55, area code, number
    '(?<phone>\\+55 ?\\(?\\d{2}\\)? ?\\d{4,5}[- ]?\\d{4}(?!\\d))',
    '(?<cnpj>(?<![0-9a-z])[0-9a-z]{2}[. ][0-9a-z]{3}[. ][0-9a-z]{3}[/ ][0-9a-z]{4}[- ]?\\d{2}(?![0-9a-z])|(?<!\\d)(?:\\d{14}|\\d{8}\\/\\d{4}-?\\d{2})(?!\\d))',
    '(?<cpf>(?<!\\d)\\d{3}[. ]?\\d{3}[. ]?\\d{3}[-/ ]?\\d{2}(?!\\d))',
    '(?<word>(?<![0-9a-z])[0-9a-z]{12}\\d{2}(?![0-9a-z]))',
  ].join('|'),
  'giu',
);

type Groups = Readonly<Record<string, string | undefined>>;

function replacement(match: string, groups: Groups): string {
  if (groups['id'] !== undefined || groups['hash'] !== undefined) return match;
  if (groups['credentials'] !== undefined) return '[credentials]@';
  if (groups['pix'] !== undefined) return '[pix]';
  if (groups['local'] !== undefined) return maskAddress(match, groups['local'], groups['domain'] ?? '');
  if (groups['linha'] !== undefined) return '[linha-digitavel]';
  if (groups['barcode'] !== undefined) return '[codigo-barras]';
  if (groups['phone'] !== undefined) return '[phone]';
  if (groups['cnpj'] !== undefined) return '[cnpj]';
  if (groups['cpf'] !== undefined) return '[cpf]';
  // Letters and digits alone prove nothing. Only a correct check digit makes them a CNPJ.
  return parseCnpj(match) === undefined ? match.replace(/(?<!\d)\d{11}(?!\d)/, '[cpf]') : '[cnpj]';
}

/**
 * Masks an e-mail address and keeps its domain, which shows the provider that refuses mail. Two similar texts stay
 * complete: a Message-ID of an earlier version, which contains a UUID, and a scoped package's folder in a stack. The
 * folder is no address, because a domain has a dot.
 */
function maskAddress(match: string, local: string, domain: string): string {
  if (local.endsWith('/') && !domain.includes('.')) return `${maskText(local)}@${domain}`;
  return UUID_ALONE.test(local.slice(-UUID_CHARS)) ? match : `[email]@${domain}`;
}

/**
 * Masks the personal data in a text: CPF and CNPJ (also alphanumeric), e-mail addresses, linha digitável, barcode, PIX
 * payloads, telephones, and passwords in URLs. UUIDs and hexadecimal hashes stay unchanged.
 */
export function maskText(text: string): string {
  if (!/[@\d]/.test(text)) return text;
  return text.replace(SENSITIVE, (match: string, ...rest: unknown[]) => replacement(match, groupsOf(rest)));
}

/** An address for readers that may not see it: `m***@example.com`. What is none is hidden completely. */
export function maskEmail(text: string): string {
  const at = text.lastIndexOf('@');
  const [first] = text;
  return at < 1 || first === undefined ? '***' : `${first}***${text.slice(at)}`;
}

/**
 * Masks the same as `maskText` for readers that may not see it, so that they can still tell two persons apart:
 * `***.982.247-**` and `m***@example.com`.
 */
export function maskForReader(text: string): string {
  if (!/[@\d]/.test(text)) return text;
  return text.replace(SENSITIVE, (match: string, ...rest: unknown[]) => {
    const groups = groupsOf(rest);
    const logged = replacement(match, groups);
    if (logged === '[cpf]' || logged === '[cnpj]') return maskDocument(match.replaceAll(/[^0-9a-z]/gi, ''));
    return logged.startsWith('[email]@') ? maskEmail(match) : logged;
  });
}

/** The named groups, which `String.replace` passes last. */
function groupsOf(rest: readonly unknown[]): Groups {
  const last = rest.at(-1);
  return isRecord(last) ? Object.fromEntries(Object.entries(last).map(([key, value]) => [key, asText(value)])) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Names of fields that hold personal or secret data in any form: a 4-digit document matches no pattern. */
const HIDDEN_FIELD =
  /^(?:cpf|cnpj|cpfcnpj|document|governmentid|taxid|ssn|email|recipient|payer|payername|debtor|debtorname|linhadigitavel|codigobarras|barcode|pixkey|phone|street|raw|rawrow|password|passwd|secret|token|authorization|cookie|setcookie|apikey|accesskey|secretkey)s?$/;

/** True for a field to hide. `emails: 3` is a count; `document: 52998224725` is a document without its quotes. */
function isHiddenField(name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return HIDDEN_FIELD.test(plain) && !(plain.endsWith('s') && typeof value === 'number');
}

/**
 * Copies a log field's value, masks every string at any depth, hides fields with a personal name, and turns errors into
 * their ECS fields. Numbers, bigints and booleans are kept, because counts, durations and bytes are not documents.
 */
export function maskValue(value: unknown): unknown {
  return mask(value, 0, new Set());
}

function mask(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Error) return errorFields(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength.toString()} bytes]`;
  if (above.has(value)) return '[circular]';
  if (depth >= DEPTH_MAX) return '[too deep]';
  const path = new Set([...above, value]);
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, (item) => mask(item, depth + 1, path));
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return maskEntries(entries, depth + 1, path);
}

function maskEntries(entries: readonly [unknown, unknown][], depth: number, above: ReadonlySet<object>) {
  const fields = entries.map(([key, value]): [string, unknown] => {
    const name = String(key);
    return [maskText(name), isHiddenField(name, value) ? HIDDEN : mask(value, depth, above)];
  });
  return Object.fromEntries(fields);
}

/** The error fields of the Elastic Common Schema, masked. */
interface ErrorFields {
  readonly type: string;
  readonly message: string;
  /** The code of Node or PostgreSQL (ECONNREFUSED, 23505 …), if there is one. */
  readonly code?: string;
  /** The stack, followed by those of the causes. */
  readonly stack_trace: string;
}

const CAUSES_MAX = 5;

/**
 * The ECS fields of an error and its causes. They are masked, because a driver may quote the faulty row in its message.
 */
export function errorFields(error: Error): ErrorFields {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: maskText(messageOf(error)),
    ...(typeof code === 'string' ? { code: maskText(code) } : {}),
    stack_trace: maskText(causes(error).map(stackOf).join('\nCaused by: ')),
  };
}

/** The error, its cause, the cause's cause and so on; for an AggregateError also its collected errors. */
function causes(error: Error): readonly Error[] {
  const found: Error[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length <= CAUSES_MAX) {
    const next = queue.shift();
    if (!(next instanceof Error) || found.includes(next)) continue;
    found.push(next);
    queue.push(next.cause, ...(next instanceof AggregateError ? next.errors : []));
  }
  return found;
}

/**
 * The message of an error. A refused connection to a host with two addresses is an AggregateError without a message.
 */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((inner: unknown) => (inner instanceof Error ? inner.message : String(inner))).join('; ');
}

function stackOf(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
