import { parseReais, type Centavos } from '#money';
import {
  ACCOUNT,
  AMOUNT,
  BRAZIL,
  CITY_CHARS_MAX,
  CRC_CHARS,
  CRC_HEAD,
  CURRENCY,
  DYNAMIC,
  FORMAT,
  GUI,
  isPayloadUrl,
  isPlain,
  NAME_CHARS_MAX,
  NO_TXID,
  STATIC,
  TAG,
  TXID,
  TXID_TAG,
  type BrCodeProblem,
} from './br-code.ts';
import { crc16 } from './crc16.ts';
import { readObjects, type DataObject } from './tlv.ts';

/** The values of a BR Code. */
export interface ParsedBrCode {
  readonly ok: true;
  /** static: it has the key. dynamic: it has the URL of the charge. */
  readonly kind: 'static' | 'dynamic';
  /** Set for a static BR Code. */
  readonly key: string | undefined;
  /** Set for a dynamic BR Code. It has no scheme. */
  readonly url: string | undefined;
  readonly info: string | undefined;
  readonly amount: Centavos | undefined;
  readonly name: string;
  readonly city: string;
  /** Undefined for '***', which means none. */
  readonly txid: string | undefined;
  /** True if the BR Code states that it is for one payment only. */
  readonly isSingleUse: boolean;
  /** Every data object in order, including the CRC. Templates are not taken apart. */
  readonly objects: readonly DataObject[];
}

export interface NotABrCode {
  readonly ok: false;
  /** Has at least one problem. */
  readonly problems: readonly BrCodeProblem[];
}

type Objects = ReadonlyMap<string, string>;

/** True for a template of a merchant account. One of these tags belongs to Pix, usually the first. */
const isAccountTag = (tag: string): boolean => tag >= '26' && tag <= '51';

/**
 * Reads the text of a Pix QR strictly: every length must match, the CRC must be correct and last, and everything that
 * the BCB requires must be present. Unknown tags are kept and otherwise ignored.
 */
export function parseBrCode(text: string): ParsedBrCode | NotABrCode {
  const objects = readObjects(text);
  const crc = crcProblems(text);
  if ('message' in objects) return { ok: false, problems: [{ tag: objects.tag, message: objects.message }, ...crc] };

  const byTag: Objects = new Map(objects.map(({ tag, value }) => [tag, value]));
  if (objects.at(-1)?.tag !== TAG.crc) return { ok: false, problems: [NO_CRC] };
  // With a wrong CRC no part is reliable, so reports about other parts would mislead.
  if (crc.length > 0) return { ok: false, problems: crc };

  const account = accountOf(objects);
  const additional = templateOf(TAG.additional, byTag.get(TAG.additional));
  const problems = [
    ...headProblems(objects, byTag),
    ...account.problems,
    ...additional.problems,
    ...txidProblems(additional),
  ];
  if (problems.length > 0) return { ok: false, problems };

  const url = account.objects.get(ACCOUNT.url);
  const amount = byTag.get(TAG.amount);
  const txid = additional.objects.get(TXID_TAG);
  return {
    ok: true,
    kind: url === undefined ? 'static' : 'dynamic',
    key: account.objects.get(ACCOUNT.key),
    url,
    info: account.objects.get(ACCOUNT.info),
    amount: amount === undefined ? undefined : parseReais(amount, '.'),
    name: byTag.get(TAG.name) ?? '',
    city: byTag.get(TAG.city) ?? '',
    txid: txid === NO_TXID ? undefined : txid,
    isSingleUse: byTag.get(TAG.pointOfInitiation) === DYNAMIC,
    objects,
  };
}

const NO_CRC: BrCodeProblem = { tag: TAG.crc, message: 'is not the last one: the CRC is missing' };

function crcProblems(text: string): readonly BrCodeProblem[] {
  const [body, found] = [text.slice(0, -CRC_CHARS), text.slice(-CRC_CHARS)];
  if (!body.endsWith(CRC_HEAD)) return [NO_CRC];
  const expected = crc16(body);
  if (found === expected) return [];
  return [{ tag: TAG.crc, message: `the CRC is ${found}, but the text before it gives ${expected}` }];
}

/** The rule of each tag outside templates. A tag with `required: false` may be missing. */
const RULES: readonly {
  readonly tag: string;
  readonly required: boolean;
  readonly isRight: (value: string) => boolean;
  readonly message: string;
}[] = [
  { tag: TAG.format, required: true, isRight: (value) => value === FORMAT, message: 'must be 01' },
  {
    tag: TAG.pointOfInitiation,
    required: false,
    isRight: (value) => value === STATIC || value === DYNAMIC,
    message: 'must be 11 or 12',
  },
  { tag: TAG.category, required: true, isRight: (value) => /^\d{4}$/.test(value), message: 'must be 4 digits' },
  { tag: TAG.currency, required: true, isRight: (value) => value === CURRENCY, message: 'must be 986, the real' },
  {
    tag: TAG.amount,
    required: false,
    isRight: (value) => AMOUNT.test(value),
    message: 'must be reais, with a dot and at most two decimals',
  },
  { tag: TAG.country, required: true, isRight: (value) => value === BRAZIL, message: 'must be BR' },
  {
    tag: TAG.name,
    required: true,
    isRight: (value) => value.length <= NAME_CHARS_MAX,
    message: `must be at most ${NAME_CHARS_MAX.toString()} characters`,
  },
  {
    tag: TAG.city,
    required: true,
    isRight: (value) => value.length <= CITY_CHARS_MAX,
    message: `must be at most ${CITY_CHARS_MAX.toString()} characters`,
  },
];

function headProblems(objects: readonly DataObject[], byTag: Objects): readonly BrCodeProblem[] {
  const problems: BrCodeProblem[] = [];
  if (byTag.has(TAG.format) && objects[0]?.tag !== TAG.format) {
    problems.push({ tag: TAG.format, message: 'must be the first one' });
  }
  for (const { tag, required, isRight, message } of RULES) {
    const value = byTag.get(tag);
    if (value === undefined && required) problems.push({ tag, message: 'is missing' });
    if (value !== undefined && !isRight(value)) problems.push({ tag, message });
  }
  return problems;
}

interface Template {
  readonly tag: string;
  readonly objects: Objects;
  readonly problems: readonly BrCodeProblem[];
}

function templateOf(tag: string, value: string | undefined): Template {
  if (value === undefined) return { tag, objects: new Map(), problems: [{ tag, message: 'is missing' }] };
  const objects = readObjects(value);
  if ('message' in objects) {
    const path = objects.tag === '' ? tag : `${tag}.${objects.tag}`;
    return { tag, objects: new Map(), problems: [{ tag: path, message: objects.message }] };
  }
  return { tag, objects: new Map(objects.map((each) => [each.tag, each.value])), problems: [] };
}

/** The template of Pix. The other templates belong to other payment schemes and may have any content. */
function accountOf(objects: readonly DataObject[]): Template {
  const templates = objects.filter(({ tag }) => isAccountTag(tag)).map(({ tag, value }) => templateOf(tag, value));
  const pix = templates.find((each) => each.objects.get(ACCOUNT.gui)?.toLowerCase() === GUI);
  if (pix !== undefined) return { ...pix, problems: accountProblems(pix) };

  const unreadable = templates.flatMap(({ problems }) => problems);
  const missing = { tag: ACCOUNT.template, message: `no account template says ${GUI}` };
  return { tag: ACCOUNT.template, objects: new Map(), problems: unreadable.length > 0 ? unreadable : [missing] };
}

function accountProblems({ tag, objects }: Template): readonly BrCodeProblem[] {
  const [key, url] = [objects.get(ACCOUNT.key), objects.get(ACCOUNT.url)];
  if (key === undefined && url === undefined) return [{ tag, message: 'has neither a key (01) nor a URL (25)' }];
  if (key !== undefined && url !== undefined) return [{ tag, message: 'has both a key (01) and a URL (25)' }];
  if (key !== undefined && !isPlain(key)) return [{ tag: `${tag}.${ACCOUNT.key}`, message: 'is not a Pix key' }];
  if (url === undefined || isPayloadUrl(url)) return [];
  return [{ tag: `${tag}.${ACCOUNT.url}`, message: 'must be host and path, without https://' }];
}

function txidProblems({ objects, problems }: Template): readonly BrCodeProblem[] {
  const txid = objects.get(TXID_TAG);
  const tag = `${TAG.additional}.${TXID_TAG}`;
  if (problems.length > 0) return [];
  if (txid === undefined) return [{ tag, message: 'is missing' }];
  return txid === NO_TXID || TXID.test(txid) ? [] : [{ tag, message: 'must be *** or 1 to 25 letters and digits' }];
}
