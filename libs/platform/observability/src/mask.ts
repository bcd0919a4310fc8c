import { parseCnpj } from '#tax-ids';

/** Stands for a value whose field name alone says that it is personal or secret. */
const HIDDEN = '[hidden]';

/** Deeper than this nothing is logged: a log line is not a dump. */
const DEPTH_MAX = 8;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const UUID_ALONE = new RegExp(`^${UUID}$`, 'i');
const UUID_CHARS = 36;

/*
 * Alternatives in order: what comes first wins. The first two are left alone, so that the digits inside an id or a hash
 * are not taken for a document. Every repetition is bounded: masking takes linear time whatever the text.
 */
const SENSITIVE = new RegExp(
  [
    `(?<id>${UUID})(?!@)`,
    '(?<hash>(?<![0-9a-z])(?=[0-9]{0,127}[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?![0-9a-z]))',
    // Credentials of a URL: amqp://user:password@host
    '(?<=:\\/\\/)(?<credentials>[^\\s/@]{1,256})@',
    // PIX "copia e cola" (BR Code, EMV): from the payload format indicator to the CRC
    '(?<pix>000201[\\s\\S]{10,900}?6304[0-9a-f]{4})',
    "(?<local>[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64})@(?<domain>[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){0,8})",
    // Linha digitável, 47 digits as printed or bare; 48 for utilities and taxes
    '(?<linha>(?<!\\d)(?:\\d{5}[. ]?\\d{5} ?\\d{5}[. ]?\\d{6} ?\\d{5}[. ]?\\d{6} ?\\d ?\\d{14}|(?:\\d{11}[- ]?\\d ?){3}\\d{11}[- ]?\\d)(?!\\d))',
    '(?<barcode>(?<!\\d)\\d{44}(?!\\d))',
    // A telephone as PIX keys write it: +55, area code, number
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
  // Letters and digits alone prove nothing: only a right check digit makes a CNPJ of them.
  return parseCnpj(match) === undefined ? match.replace(/(?<!\d)\d{11}(?!\d)/, '[cpf]') : '[cnpj]';
}

/**
 * The domain stays: it tells which provider refuses mail. A Message-ID of an earlier version, which carries a UUID, stays whole,
 * and so does a folder of a scoped package in a stack, which no address looks like: its domain has a dot.
 */
function maskAddress(match: string, local: string, domain: string): string {
  if (local.endsWith('/') && !domain.includes('.')) return `${maskText(local)}@${domain}`;
  return UUID_ALONE.test(local.slice(-UUID_CHARS)) ? match : `[email]@${domain}`;
}

/**
 * The text without personal data: CPF and CNPJ (also alphanumeric), e-mail addresses, linha digitável, barcode, PIX
 * payloads and telephones, passwords in URLs. UUIDs and hexadecimal hashes stay as they are.
 */
export function maskText(text: string): string {
  if (!/[@\d]/.test(text)) return text;
  return text.replace(SENSITIVE, (match: string, ...rest: unknown[]) => replacement(match, groupsOf(rest)));
}

/** `String.replace` passes the named groups last. */
function groupsOf(rest: readonly unknown[]): Groups {
  const last = rest.at(-1);
  return isRecord(last) ? Object.fromEntries(Object.entries(last).map(([key, value]) => [key, asText(value)])) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Names of fields that hold personal or secret data whatever it looks like: a 4-digit document matches no pattern. */
const HIDDEN_FIELD =
  /^(?:cpf|cnpj|cpfcnpj|document|governmentid|taxid|ssn|email|recipient|payer|payername|debtor|debtorname|linhadigitavel|codigobarras|barcode|pixkey|phone|street|raw|rawrow|password|passwd|secret|token|authorization|cookie|setcookie|apikey|accesskey|secretkey)s?$/;

/** `emails: 3` is a count; `document: 52998224725` is a document that lost its quotes. */
function isHiddenField(name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return HIDDEN_FIELD.test(plain) && !(plain.endsWith('s') && typeof value === 'number');
}

/**
 * A copy of a log field's value with every string masked at any depth, fields of a telling name hidden, and errors
 * turned into their ECS fields. Numbers, bigints and booleans are kept: counts, durations and bytes are not documents.
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

/** Error fields of the Elastic Common Schema, masked. */
interface ErrorFields {
  readonly type: string;
  readonly message: string;
  /** Node's or PostgreSQL's code (ECONNREFUSED, 23505 …), when there is one. */
  readonly code?: string;
  /** The stack, followed by those of the causes. */
  readonly stack_trace: string;
}

const CAUSES_MAX = 5;

/** ECS fields of an error and its causes, masked: a driver may quote the offending row in its message. */
export function errorFields(error: Error): ErrorFields {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: maskText(messageOf(error)),
    ...(typeof code === 'string' ? { code: maskText(code) } : {}),
    stack_trace: maskText(causes(error).map(stackOf).join('\nCaused by: ')),
  };
}

/** The error, its cause, the cause's cause …; of an AggregateError also what it gathers. */
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

/** A refused connection to a host of two addresses is an AggregateError without a message of its own. */
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
