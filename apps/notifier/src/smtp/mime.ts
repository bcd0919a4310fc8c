import { domainToASCII } from 'node:url';

/*
 * Writes the message as it goes over the wire. A boleto's e-mail has one shape, and a general composer takes longer to
 * analyse it than to send it. RFC 5322 (message), 2045 to 2047 (MIME), 5321 (lines of at most 998 octets).
 */

/**
 * A line with an encoded word has at most 76 characters (RFC 2047, section 2). The field's name on the first line
 * counts.
 */
const ENCODED_WORD_CHARS_MAX = 64;
const ENCODED_WORD_START = '=?UTF-8?B?';
const ENCODED_WORD_END = '?=';
/** Octets of text in one encoded word: base64 writes three octets as four characters. */
const ENCODED_WORD_BYTES_MAX =
  Math.floor((ENCODED_WORD_CHARS_MAX - ENCODED_WORD_START.length - ENCODED_WORD_END.length) / 4) * 3;
/** Plain text up to this length needs no folding, however long the field's name is. */
const PLAIN_HEADER_CHARS_MAX = 60;
const BODY_LINE_CHARS_MAX = 76;

/**
 * "=_" occurs in neither quoted-printable nor base64 (RFC 2045, section 6.7), so no part can contain its own boundary.
 */
const MIXED = '=_billing_mixed';
const ALTERNATIVE = '=_billing_alternative';

/** Formats a moment as RFC 5322 does: `Fri, 21 Nov 2025 10:00:00 +0000`. */
function printDate(moment: Date): string {
  return moment.toUTCString().replace('GMT', '+0000');
}

/** Text of a header, in encoded words if it is not plain. Every line break in it folds the header. */
function unstructured(text: string): string {
  const isPlain = text.length <= PLAIN_HEADER_CHARS_MAX && /^[ -~]*$/.test(text) && !text.includes('=?');
  return isPlain ? text : encodedWords(text);
}

/** Encodes the text. A word ends between two characters, never inside one. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  let bytes = 0;
  for (const character of text) {
    const more = Buffer.byteLength(character);
    if (bytes + more > ENCODED_WORD_BYTES_MAX) {
      words.push(word);
      word = '';
      bytes = 0;
    }
    word += character;
    bytes += more;
  }
  words.push(word);
  return words
    .map((each) => `${ENCODED_WORD_START}${Buffer.from(each, 'utf8').toString('base64')}${ENCODED_WORD_END}`)
    .join('\r\n ');
}

/** A display name in the form that RFC 5322 requires before an address: quoted, or encoded. */
function phrase(name: string): string {
  const text = unstructured(name);
  return text === name ? `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"` : text;
}

/** The sender or the recipient of a message. */
export interface Mailbox {
  /** Has no line breaks; empty if there is no name. */
  readonly name: string;
  /** `local@domain`. */
  readonly address: string;
}

/** The characters of a dot-atom in ASCII: none of them can leave the angle brackets or start a second address. */
const ADDRESS = /^[\w!#$%&'*+/=?^`{|}~.-]+@[a-z0-9.-]+$/i;

/** An address that must not be written into a message. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  /** nodemailer's code for the same failure. */
  readonly code = 'EENVELOPE';
}

function mailbox({ name, address }: Mailbox): string {
  if (!ADDRESS.test(address)) throw new AddressError('an invalid address');
  return name === '' ? `<${address}>` : `${phrase(name)}\r\n <${address}>`;
}

/**
 * Parses `Name <address>` or `address`, the formats of MAIL_FROM. A domain with letters beyond ASCII gets its ASCII
 * form.
 */
export function parseMailbox(text: string): Mailbox {
  const [, name = '', inBrackets] = /^([^<>]*)<([^<>]+)>$/.exec(text) ?? [];
  const address = (inBrackets ?? text).trim();
  const at = address.lastIndexOf('@');
  return {
    name: name.trim().replaceAll(/^"|"$/g, ''),
    address: `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`,
  };
}

/**
 * Writes every octet except the printable ones as =XX (RFC 2045, section 6.7). Lines end in CRLF and have at most 76
 * characters.
 */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => wrapped(line.replaceAll(/[^ -<>-~]/gu, escaped).replace(/ $/, '=20')))
    .join('\r\n');
}

/** Escapes of the characters that Portuguese and HTML use most, computed once. */
const ESCAPED = new Map(Array.from('=áàâãçéêíóôõúÁÀÂÃÇÉÊÍÓÔÕÚºª', (character) => [character, octets(character)]));

function escaped(character: string): string {
  return ESCAPED.get(character) ?? octets(character);
}

function octets(character: string): string {
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replaceAll(/../g, '=$&');
}

/** Breaks a line softly: `=` at the end of a line marks a continuation. An escaped octet is never divided. */
function wrapped(line: string): string {
  if (line.length <= BODY_LINE_CHARS_MAX) return line;
  const lines: string[] = [];
  let from = 0;
  while (line.length - from > BODY_LINE_CHARS_MAX) {
    let to = from + BODY_LINE_CHARS_MAX - 1;
    const escapedAt = line.lastIndexOf('=', to - 1);
    if (escapedAt > to - 3) to = escapedAt;
    lines.push(line.slice(from, to));
    from = to;
  }
  lines.push(line.slice(from));
  return lines.join('=\r\n');
}

function base64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BODY_LINE_CHARS_MAX) lines.push(text.slice(at, at + BODY_LINE_CHARS_MAX));
  return lines.join('\r\n');
}

/** A message with text, the same content as HTML, and one attachment. */
export interface MimeMessage {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  /** Includes its angle brackets. */
  readonly messageId: string;
  /** Further header fields. Their values are plain ASCII. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly attachment: {
    /** Only ASCII letters, digits, dots, hyphens and underscores. */
    readonly fileName: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  };
}

/**
 * Writes the octets of the message. All of them are ASCII. Dots at the start of a line are not doubled yet.
 * @throws AddressError when an address is not `local@domain` in ASCII
 */
export function writeMime(message: MimeMessage, now: Date): Buffer {
  const { from, to, subject, messageId, headers, text, html, attachment } = message;
  const { fileName, contentType, content } = attachment;
  const lines = [
    `From: ${mailbox(from)}`,
    `To: ${mailbox(to)}`,
    `Subject: ${unstructured(subject)}`,
    `Message-ID: ${messageId}`,
    `Date: ${printDate(now)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${MIXED}"`,
    '',
    `--${MIXED}`,
    `Content-Type: multipart/alternative; boundary="${ALTERNATIVE}"`,
    '',
    `--${ALTERNATIVE}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(text),
    `--${ALTERNATIVE}`,
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(html),
    `--${ALTERNATIVE}--`,
    '',
    `--${MIXED}`,
    `Content-Type: ${contentType}; name="${fileName}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    base64(content),
    `--${MIXED}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
