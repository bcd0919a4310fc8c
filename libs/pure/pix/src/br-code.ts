import { formatDecimal, type Centavos } from '#money';
import { crc16 } from './crc16.ts';
import { pixKeyKind } from './pix-key.ts';
import { VALUE_CHARS_MAX, writeObject } from './tlv.ts';

/** The tags of a BR Code (BCB, Manual de Padrões para Iniciação do Pix; EMV QR Code, Merchant-Presented Mode). */
export const TAG = {
  format: '00',
  pointOfInitiation: '01',
  category: '52',
  currency: '53',
  amount: '54',
  country: '58',
  name: '59',
  city: '60',
  additional: '62',
  crc: '63',
} as const;

/** Tags within the account template, tag 26. */
export const ACCOUNT = { template: '26', gui: '00', key: '01', info: '02', url: '25' } as const;

/** Tag within the additional data, tag 62. */
export const TXID_TAG = '05';

export const GUI = 'br.gov.bcb.pix';
export const FORMAT = '01';
export const BRAZIL = 'BR';
/** ISO 4217 code of the real. */
export const CURRENCY = '986';
/** The merchant category "none". */
const CATEGORY = '0000';
/** Point of initiation: the QR is for one payment. */
export const DYNAMIC = '12';
/** Point of initiation: the QR may be paid repeatedly. */
export const STATIC = '11';

/** Placeholder for a payment without an id. In a dynamic BR Code the charge behind the URL has the id. */
export const NO_TXID = '***';
/** The tag '63' and its length. The CRC covers them. */
export const CRC_HEAD = `${TAG.crc}04`;
export const CRC_CHARS = 4;

export const NAME_CHARS_MAX = 25;
export const CITY_CHARS_MAX = 15;
/** Up to ten digits of reais and two of centavos. */
export const AMOUNT = /^\d{1,10}(?:\.\d{1,2})?$/;
export const TXID = /^[A-Za-z0-9]{1,25}$/;
const URL_CHARS_MAX = 77;
const AMOUNT_MAX = 999_999_999_999n;

/** One fault of one tag. */
export interface BrCodeProblem {
  /** '54', or '26.01' for a tag within a template; '' for the whole text. */
  readonly tag: string;
  readonly message: string;
}

interface Receiver {
  /** Up to 25 characters. Accents are removed. */
  readonly name: string;
  /** Up to 15 characters. Accents are removed. */
  readonly city: string;
}

/**
 * The parts of a QR that contains the receiver itself. No bank links such a payment to a boleto: see docs/bancos.md.
 */
export interface StaticBrCode extends Receiver {
  /** The key as it is registered in the DICT: see pixKeyKind. */
  readonly key: string;
  /** One centavo to R$ 9.999.999.999,99. Without it the payer decides. */
  readonly amount?: Centavos | undefined;
  /** 1 to 25 letters and digits. Without it the payment has no id. */
  readonly txid?: string | undefined;
  /** Text for the payer. Key and text together have at most 73 characters, or 99 less the rest of tag 26. */
  readonly info?: string | undefined;
}

/** The parts of a QR whose charge the payer's bank looks up at the receiver's bank. */
export interface DynamicBrCode extends Receiver {
  /** Host and path, without https://. Up to 77 characters. */
  readonly url: string;
  /** Usually left out, because the charge has it. */
  readonly amount?: Centavos | undefined;
}

export type BuiltBrCode =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; /** Never empty. */ readonly problems: readonly BrCodeProblem[] };

/** Builds the text of a static QR, which people can also copy and paste, or lists every fault of its parts. */
export function buildStaticBrCode({ key, amount, name, city, txid = NO_TXID, info }: StaticBrCode): BuiltBrCode {
  const account = [
    writeObject(ACCOUNT.gui, GUI),
    writeObject(ACCOUNT.key, key),
    ...(info === undefined ? [] : [writeObject(ACCOUNT.info, plain(info))]),
  ].join('');
  const keyProblems = pixKeyKind(key) === undefined ? [problem('26.01', 'is not a Pix key as the DICT writes it')] : [];
  const txidProblems =
    txid === NO_TXID || TXID.test(txid) ? [] : [problem('62.05', 'must be 1 to 25 letters and digits')];
  const problems = [...keyProblems, ...infoProblems(info, account), ...txidProblems];
  return build({ account, amount, name, city, txid, pointOfInitiation: undefined }, problems);
}

/** Builds the text of a dynamic QR, for one payment, or lists every fault of its parts. */
export function buildDynamicBrCode({ url, amount, name, city }: DynamicBrCode): BuiltBrCode {
  const account = writeObject(ACCOUNT.gui, GUI) + writeObject(ACCOUNT.url, url);
  const isUrl = url.length <= URL_CHARS_MAX && isPayloadUrl(url);
  const problems = isUrl ? [] : [problem('26.25', 'must be host and path of up to 77 characters, without https://')];
  return build({ account, amount, name, city, txid: NO_TXID, pointOfInitiation: DYNAMIC }, problems);
}

/** True for a host and a path, without a scheme. */
export function isPayloadUrl(text: string): boolean {
  return /^[A-Za-z0-9.-]+(?::\d+)?\/[!-~]+$/.test(text);
}

/** True if the text has only the printable characters of ASCII, which every reader of a QR shows. */
export function isPlain(text: string): boolean {
  return /^[ -~]+$/.test(text);
}

interface Parts extends Receiver {
  readonly pointOfInitiation: string | undefined;
  readonly account: string;
  readonly amount: Centavos | undefined;
  readonly txid: string;
}

function build(parts: Parts, accountProblems: readonly BrCodeProblem[]): BuiltBrCode {
  const { amount } = parts;
  const [name, city] = [plain(parts.name), plain(parts.city)];
  const isAmount = amount === undefined || (amount > 0n && amount <= AMOUNT_MAX);
  const problems = [
    ...accountProblems,
    ...(isAmount ? [] : [problem(TAG.amount, 'must be from one centavo to R$ 9.999.999.999,99')]),
    ...textProblems(TAG.name, name, NAME_CHARS_MAX),
    ...textProblems(TAG.city, city, CITY_CHARS_MAX),
  ];
  if (problems.length > 0) return { ok: false, problems };

  const body =
    writeObject(TAG.format, FORMAT) +
    optional(TAG.pointOfInitiation, parts.pointOfInitiation) +
    writeObject(ACCOUNT.template, parts.account) +
    writeObject(TAG.category, CATEGORY) +
    writeObject(TAG.currency, CURRENCY) +
    optional(TAG.amount, amount === undefined ? undefined : formatDecimal(amount)) +
    writeObject(TAG.country, BRAZIL) +
    writeObject(TAG.name, name) +
    writeObject(TAG.city, city) +
    writeObject(TAG.additional, writeObject(TXID_TAG, parts.txid)) +
    CRC_HEAD;
  return { ok: true, payload: body + crc16(body) };
}

/**
 * Shortens name and city to the space in a BR Code and removes characters that readers do not show. The result may be
 * empty.
 */
export function fitReceiver({ name, city }: Receiver): Receiver {
  return { name: fit(name, NAME_CHARS_MAX), city: fit(city, CITY_CHARS_MAX) };
}

function fit(text: string, charsMax: number): string {
  const shown = plain(text)
    .replaceAll(/[^ -~]/g, '')
    .replaceAll(/ +/g, ' ')
    .trim();
  return shown.slice(0, charsMax).trim();
}

function optional(tag: string, value: string | undefined): string {
  return value === undefined ? '' : writeObject(tag, value);
}

/** Makes 'São Paulo' 'Sao Paulo', because banks' readers show other letters incorrectly or not at all. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .trim();
}

function textProblems(tag: string, text: string, charsMax: number): readonly BrCodeProblem[] {
  if (isPlain(text) && text.length <= charsMax) return [];
  return [problem(tag, `must be 1 to ${charsMax.toString()} letters, digits and signs, without accents`)];
}

function infoProblems(info: string | undefined, account: string): readonly BrCodeProblem[] {
  if (info === undefined) return [];
  if (!isPlain(plain(info))) return [problem('26.02', 'must be letters, digits and signs, without accents')];
  return account.length <= VALUE_CHARS_MAX ? [] : [problem('26.02', 'is too long beside the key')];
}

function problem(tag: string, message: string): BrCodeProblem {
  return { tag, message };
}
