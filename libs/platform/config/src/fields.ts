import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * One environment variable. `parse` returns the typed value, or undefined when the text is not `expected`. Messages
 * contain the expectation and never the value, because it may be a password.
 */
function field<T>(expected: string, parse: (text: string) => T | undefined) {
  return z.string({ error: `is missing: expected ${expected}` }).transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** A whole number from `min` to `max`, both included. `unit` (bytes, ms, …) only makes the message clearer. */
export function intBetween(min: number, max: number, unit = '') {
  const what = unit === '' ? 'a whole number' : `a whole number of ${unit}`;
  return field(`${what} from ${min.toString()} to ${max.toString()}`, (text) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A number from `min` to `max`, both included, optionally with a decimal point: `14`, `0.5`. */
export function decimalBetween(min: number, max: number, unit: string) {
  return field(`a number of ${unit} from ${min.toString()} to ${max.toString()}`, (text) => {
    const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** Whole numbers from `min` to `max`, separated by commas, each larger than the one before. */
export function risingIntegers(min: number, max: number, unit: string) {
  return field(
    `rising whole numbers of ${unit} from ${min.toString()} to ${max.toString()}, like 5000,30000`,
    (text) => {
      const values = text.split(',').map((part) => (/^ *\d{1,15} *$/.test(part) ? Number(part) : Number.NaN));
      const rising = values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));
      return rising && values.every((value) => value >= min && value <= max) ? values : undefined;
    },
  );
}

/** A TCP port. 0 lets the operating system choose a free one. */
export function port() {
  return field('a port from 0 (any free one) to 65535', (text) => {
    const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    return value <= 65_535 ? value : undefined;
  });
}

/** A URL with a host and one of these protocols: `urlOf('amqp:', 'amqps:')`. The text is returned unchanged. */
export function urlOf(...protocols: readonly [string, ...string[]]) {
  return field(`a URL like ${protocols.map((protocol) => `${protocol}//host`).join(' or ')}`, (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && protocols.includes(url.protocol) && url.host !== '' ? text : undefined;
  });
}

/** A base URL for links, http or https. The trailing slash is removed, because paths are appended to it. */
export function baseUrl() {
  return urlOf('http:', 'https:').transform((text) => text.replace(/(?<!\/)\/+$/, ''));
}

/** The URL of a file storage: `file:///absolute/folder` or `s3://bucket/prefix?endpoint=…&region=…`. */
export function storageUrl() {
  return field('file:///absolute/folder or s3://bucket/prefix', (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === 'file:') return url.host === '' && url.pathname.length > 1 ? text : undefined;
    return url?.protocol === 's3:' && url.host !== '' ? text : undefined;
  });
}

/** One of a closed list of words. */
export function oneOf<const W extends string>(...words: readonly [W, ...W[]]) {
  return field(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

/** Exactly `true` or `false`. */
export function flag() {
  return oneOf('true', 'false').transform((word) => word === 'true');
}

/** `on` or `off`, for a switch. */
export function onOrOff() {
  return oneOf('on', 'off').transform((word) => word === 'on');
}

/** One line of text, not empty, without surrounding spaces. `what` names its purpose. */
export function line(what: string) {
  return field(what, (text) => {
    const trimmed = text.trim();
    return trimmed !== '' && !hasControlCharacter(trimmed) ? trimmed : undefined;
  });
}

const SECRET_CHARACTERS_MIN = 32;

/** A secret that cannot be guessed: `openssl rand -hex 32`. */
export function secret() {
  return field(`a secret of at least ${SECRET_CHARACTERS_MIN.toString()} characters (openssl rand -hex 32)`, (text) =>
    text.length >= SECRET_CHARACTERS_MIN && text.length <= 1_000 && !hasControlCharacter(text) ? text : undefined,
  );
}

const LIST_MAX = 100;

/** Texts separated by commas. `isItem` must be true for each. */
export function listOf(what: string, isItem: (text: string) => boolean) {
  return field(`${what}, separated by commas`, (text) => {
    const items = text.split(',').map((item) => item.trim());
    return items.length <= LIST_MAX && items.every(isItem) ? items : undefined;
  });
}

/** A host name or an address, without a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9][a-z0-9._-]{0,252}$/i.test(text);
}

/** An address, or a range of them such as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** An IANA time zone that this runtime knows, such as America/Sao_Paulo. */
export function timeZone() {
  return field('an IANA time zone such as America/Sao_Paulo', (text) => (isTimeZone(text) ? text : undefined));
}

/** A UUID in its usual form, in lower case. */
export function uuid() {
  const pattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
  return field('a UUID', (text) => (pattern.test(text.toLowerCase()) ? text.toLowerCase() : undefined));
}

/** The sender of e-mails: `someone@example.com` or `Name <someone@example.com>`. */
export function mailbox() {
  const address = /^[^\s@<>]+@[^\s@<>]+$/;
  return field('an address like billing@example.com or Billing <billing@example.com>', (text) => {
    const bare = /^[^<>]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
    return address.test(bare) && !hasControlCharacter(text) ? text : undefined;
  });
}

/** A DNS name without protocol or port, such as billing.example.com. */
export function hostName() {
  const pattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
  return field('a host name such as billing.example.com', (text) =>
    text.length <= 253 && pattern.test(text) ? text.toLowerCase() : undefined,
  );
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
