import { decodeRecord } from '../dialect/encoding.ts';
import { highCharacter, REPLACEMENT, SINGLE_BYTE_ENCODINGS, type SingleByteEncoding } from './charsets.ts';

/** The kind of a neighbouring character. HIGH is a byte from 0x80 on: a letter whose case depends on the encoding. */
const NEIGHBOUR = { other: 0, lower: 1, upper: 2, high: 3 } as const;

type Neighbour = (typeof NEIGHBOUR)[keyof typeof NEIGHBOUR];

const NEIGHBOURS = 4;
const HIGH_BYTES = 128;
/** In windows-1252, the only encoding of the three in which it is what cp850 has for á. */
const NO_BREAK_SPACE = 0xa0;

type Kind = 'lower' | 'upper' | 'foreignLower' | 'foreignUpper' | 'anywhere' | 'space' | 'symbol' | 'undefined';

const LOWER = 'áàâãéêíóôõúüç';
/** Marks that stand between letters, before and after them: in Sant´Ana, N°, 1ª, L’Oréal, Rio–Niterói. */
const ANYWHERE = '´¨·–—×ªº°’‘\u00AD';
/** Marks behind a word. */
const CLOSING = new Set('”…™®©»²³¹•›');
/** Marks before a word. */
const OPENING = new Set('“«¿¡„‚€£¢§©®•‹');

function kindOf(character: string): Kind {
  if (character === REPLACEMENT) return 'undefined';
  if (character === '\u00A0') return 'space';
  if (ANYWHERE.includes(character)) return 'anywhere';
  if (LOWER.includes(character)) return 'lower';
  if (LOWER.toUpperCase().includes(character)) return 'upper';
  if (!/[\u00C0-\u024F]/.test(character) || '×÷ƒı'.includes(character)) return 'symbol';
  return character === character.toLowerCase() ? 'foreignLower' : 'foreignUpper';
}

interface Meaning {
  readonly character: string;
  readonly kind: Kind;
}

function meaningsOf(encoding: SingleByteEncoding): readonly Meaning[] {
  return Array.from({ length: HIGH_BYTES }, (_, at) => {
    const character = highCharacter(encoding, at + 0x80);
    return { character, kind: kindOf(character) };
  });
}

const MEANINGS: Readonly<Record<SingleByteEncoding, readonly Meaning[]>> = {
  'windows-1252': meaningsOf('windows-1252'),
  cp850: meaningsOf('cp850'),
  macintosh: meaningsOf('macintosh'),
};

/** Æ in JoÆo, ‡ in Gon‡alves, ¢ in Ant¢nio: what no word has where it stands. */
function cannotStand({ character, kind }: Meaning, before: Neighbour, after: Neighbour): boolean {
  if (kind === 'undefined') return true;
  if (kind === 'foreignUpper') return before === NEIGHBOUR.lower;
  if (kind !== 'symbol') return false;
  if (before !== NEIGHBOUR.other && after !== NEIGHBOUR.other) return true;
  if (before !== NEIGHBOUR.other) return !CLOSING.has(character);
  return after !== NEIGHBOUR.other && !OPENING.has(character);
}

/** True if a letter of Portuguese stands where its case lets it. */
function fits(kind: Kind, before: Neighbour): boolean {
  if (kind === 'lower') return before !== NEIGHBOUR.upper;
  return kind === 'upper' && before !== NEIGHBOUR.lower;
}

/** How many letters of an encoding stand where they can, and where none can. */
interface Score {
  readonly encoding: SingleByteEncoding;
  readonly right: number;
  readonly wrong: number;
}

/** How often each byte from 0x80 on stands between which neighbours. */
export class LetterCounts {
  readonly #counts = new Uint32Array(HIGH_BYTES * NEIGHBOURS * NEIGHBOURS);

  add(byte: number, before: Neighbour, after: Neighbour): void {
    const at = ((byte - 0x80) * NEIGHBOURS + before) * NEIGHBOURS + after;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /**
   * The encoding in which fewest letters stand where none can, and if it is not windows-1252, most of them must be
   * Portuguese ones. Where letters do not tell cp850 from Mac Roman it is windows-1252: in it the rows are refused for
   * the letters that cannot stand.
   */
  guess(): SingleByteEncoding {
    const scores = SINGLE_BYTE_ENCODINGS.map((encoding) => this.#score(encoding));
    const fewest = Math.min(...scores.map(({ wrong }) => wrong));
    const rivals = scores.filter(({ wrong }) => wrong === fewest).toSorted((a, b) => b.right - a.right);
    const [first, second] = rivals;
    if (first === undefined || rivals.some(({ encoding }) => encoding === 'windows-1252')) return 'windows-1252';
    if (first.right <= first.wrong || first.right === second?.right) return 'windows-1252';
    return first.encoding;
  }

  #score(encoding: SingleByteEncoding): Score {
    let right = 0;
    let wrong = 0;
    for (const [at, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const after = (at % NEIGHBOURS) as Neighbour;
      const before = (Math.floor(at / NEIGHBOURS) % NEIGHBOURS) as Neighbour;
      const meaning = MEANINGS[encoding][Math.floor(at / (NEIGHBOURS * NEIGHBOURS))];
      if (meaning === undefined) continue;
      const isWrongCase = meaning.kind === 'upper' && before === NEIGHBOUR.lower;
      if (isWrongCase || cannotStand(meaning, before, after)) wrong += count;
      else if (fits(meaning.kind, before)) right += count;
    }
    return { encoding, right, wrong };
  }
}

/** The kind of an ASCII byte; HIGH for all other bytes. */
export function neighbourOf(byte: number | undefined): Neighbour {
  if (byte === undefined) return NEIGHBOUR.other;
  if (byte >= 0x80) return NEIGHBOUR.high;
  if (byte >= 0x61 && byte <= 0x7a) return NEIGHBOUR.lower;
  return byte >= 0x41 && byte <= 0x5a ? NEIGHBOUR.upper : NEIGHBOUR.other;
}

/**
 * True if a record cannot be meant in the encoding that its file shows: letters stand where none can, or it is UTF-8. A
 * byte that is undefined is no matter of letters, and left to the decoder.
 */
export function isOtherEncoding(record: Uint8Array, encoding: SingleByteEncoding): boolean {
  let highs = 0;
  for (const [at, byte] of record.entries()) {
    if (byte < 0x80) continue;
    highs += 1;
    const meaning = MEANINGS[encoding][byte - 0x80];
    if (meaning === undefined || meaning.kind === 'undefined') continue;
    const before = letterOf(record[at - 1], encoding);
    const after = letterOf(record[at + 1], encoding);
    const isInWord = meaning.kind === 'space' && before !== NEIGHBOUR.other && after === NEIGHBOUR.lower;
    if ((isInWord && !beginsParticle(record, at + 1)) || cannotStand(meaning, before, after)) return true;
  }
  return highs > 0 && decodeRecord(record, 'utf-8') !== undefined;
}

/** Words that may follow a no-break space in a name. Other small letters after one are the rest of a word: M rcia. */
const PARTICLES = new Set(['da', 'das', 'de', 'del', 'di', 'do', 'dos', 'du', 'e', 'van', 'von']);
const PARTICLE_BYTES_MAX = 3;

function beginsParticle(record: Uint8Array, from: number): boolean {
  let end = from;
  while (end <= from + PARTICLE_BYTES_MAX && neighbourOf(record[end]) !== NEIGHBOUR.other) {
    if (record[end] === NO_BREAK_SPACE) break;
    end += 1;
  }
  return PARTICLES.has(Buffer.from(record.subarray(from, end)).toString('latin1'));
}

/** Does what neighbourOf does, and knows the case of letters beyond ASCII. */
function letterOf(byte: number | undefined, encoding: SingleByteEncoding): Neighbour {
  if (byte === undefined || byte < 0x80) return neighbourOf(byte);
  const kind = MEANINGS[encoding][byte - 0x80]?.kind;
  if (kind === 'lower' || kind === 'foreignLower') return NEIGHBOUR.lower;
  return kind === 'upper' || kind === 'foreignUpper' ? NEIGHBOUR.upper : NEIGHBOUR.other;
}
