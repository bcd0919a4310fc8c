// A CSV of debts for demonstrations and tests: mostly good, with every kind of trouble a real file brings, and with
// the counts that reading it must give. The same seed and day give the same bytes.
//
//   node scripts/sample.mjs --rows 10000 --seed 1 --out FILE [--today YYYY-MM-DD]
//
// Plain Node without dependencies: it runs before `npm ci`. People, companies and addresses are invented, the e-mail
// domains are reserved ones (RFC 2606) that never deliver; a document may by chance belong to a real person.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** Fewer rows cannot hold every kind of bad row beside good ones. */
export const SAMPLE_ROWS_MIN = 50;

// A test compares both with the table of columns in libs/pure/debts-csv. This script runs before `npm ci`, so it cannot
// import that table.
/** The header of a file that has the required columns and no other. */
export const CSV_HEADER = 'name,governmentId,email,debtAmount,debtDueDate,debtId';
/** The header of the sample: all columns. */
export const SAMPLE_HEADER = `${CSV_HEADER},street,district,city,state,postalCode`;

const BAD_SHARE = 0.03;
const DUPLICATE_SHARE = 0.01;
/** One row in five is of a debtor who is in the file already, under another e-mail address. */
const REPEATED_DEBTOR_SHARE = 0.2;

/** Earlier rows and debtors that are remembered to be repeated: constant, so memory does not grow with the rows. */
const MEMORY = 500;

const BLOCK_CHARS = 65_536;
const RECORD_BYTES_MAX = 65_536;
const DAY_MS = 86_400_000;

const FIRST_NAMES = ['Ana', 'João', 'José', 'Luís', 'Inês', 'Antônio', 'Conceição', 'Márcia', 'Cauã', 'Zoë', 'Caio'];
const LAST_NAMES = ['Silva', 'Gonçalves', 'Araújo', 'Sá', 'Patrício', "D'Ávila", 'Brandão', 'Muñoz', 'Lima', 'Café'];
const COMPANIES = ['Padaria São João', 'Oficina Três Irmãos', 'Livraria & Café', 'Mecânica Avenida', 'Ótica Visão'];
const COMPANY_ENDS = ['Ltda.', 'S.A.', 'ME', 'Ltda., filial 2'];
const PLACES = [
  ['Rua das Flores', 'Centro', 'São Paulo', 'SP', '01001-000'],
  ['Avenida Atlântica', 'Copacabana', 'Rio de Janeiro', 'RJ', '22010-000'],
  ['Travessa do Comércio', 'Comércio', 'Belém', 'PA', '66010-000'],
  ['Praça da Sé', 'Sé', 'Salvador', 'BA', '40020-000'],
];
const EMAIL_DOMAINS = ['example.com', 'example.org', 'example.net'];

/**
 * mulberry32: small, seeded, and good enough to look random. Returns numbers from 0 (included) to 1 (excluded).
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Modulo 11 over characters valued ASCII - 48, weights from the right 2, 3 … `weightMax`, and again.
 * @param {string} base
 * @param {number} weightMax
 */
function checkDigit(base, weightMax) {
  let sum = 0;
  let weight = 2;
  for (let at = base.length - 1; at >= 0; at--) {
    sum += (base.charCodeAt(at) - 48) * weight;
    weight = weight === weightMax ? 2 : weight + 1;
  }
  return (((sum * 10) % 11) % 10).toString();
}

/**
 * @param {string} base
 * @param {number} weightMax
 */
function withCheckDigits(base, weightMax) {
  const first = base + checkDigit(base, weightMax);
  return first + checkDigit(first, weightMax);
}

/** @typedef {{ name: string, document: string, address: readonly string[] }} Debtor */
/** The cells of a row by the names of their columns. @typedef {ReturnType<Inventor['row']>} Row */
/** @typedef {(row: Row, inventor: Inventor, original: Row | undefined) => string} Spoiler */

/**
 * Earlier rows that are repeated: as they are, and with other terms.
 * @typedef {{ repeatable: string[], contestable: Row[] }} Memory
 */

/**
 * @typedef {object} SampleOptions
 * @property {number} rows at least SAMPLE_ROWS_MIN
 * @property {number} seed
 * @property {string} today YYYY-MM-DD: due dates are relative to it
 */

/**
 * The counts of a reading of the sample under the profile `strict`.
 * @typedef {object} SampleCounts
 * @property {number} read
 * @property {number} accepted
 * @property {number} duplicate
 * @property {number} rejected
 * @property {Record<string, number>} byCode rejected rows by code; a row with two codes counts under both
 */

/** Invents the cells of the file. Every call draws from the same sequence of random numbers. */
class Inventor {
  /**
   * @param {number} seed
   * @param {string} today
   */
  constructor(seed, today) {
    this.random = randomFrom(seed);
    this.seed = seed;
    this.today = today;
    this.count = 0;
    /** @type {Debtor[]} */ this.debtors = [];
  }

  /** @param {number} limit */
  below(limit) {
    return Math.floor(this.random() * limit);
  }

  /**
   * @template T
   * @param {ArrayLike<T>} list
   */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }

  /**
   * @param {number} length
   * @param {string} alphabet
   */
  text(length, alphabet) {
    return Array.from({ length }, () => this.pick(alphabet)).join('');
  }

  /** @param {number} days */
  dayFromToday(days) {
    return new Date(Date.parse(`${this.today}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  }

  /** @returns {string} */
  cpf() {
    // Nine equal digits would give a document of equal digits, which is never valid.
    const cpf = withCheckDigits(`${this.text(8, '0123456789')}${this.below(2) + 1}`, 11);
    return /^(.)\1+$/.test(cpf) ? this.cpf() : this.below(2) === 0 ? cpf : cpf.replace(/^(...)(...)(...)/, '$1.$2.$3-');
  }

  /** @param {string} alphabet */
  cnpj(alphabet) {
    const cnpj = withCheckDigits(`${this.text(8, alphabet)}0001`, 9);
    return this.below(2) === 0 ? cnpj : cnpj.replace(/^(..)(...)(...)(....)/, '$1.$2.$3/$4-');
  }

  person() {
    const first = this.pick(FIRST_NAMES);
    const last = `${this.pick(LAST_NAMES)} ${this.pick(LAST_NAMES)}`;
    return this.below(8) === 0 ? `${last}, ${first}` : `${first} ${last}`;
  }

  /** @returns {Debtor} */
  newDebtor() {
    const kind = this.below(10);
    const place = this.pick(PLACES);
    const address =
      this.below(3) === 0 ? ['', '', '', '', ''] : [`${String(place[0])}, ${1 + this.below(999)}`, ...place.slice(1)];
    if (kind < 7) return { name: this.person(), document: this.cpf(), address };
    const name = `${this.pick(COMPANIES)} ${this.pick(COMPANY_ENDS)}`;
    return { name, document: this.cnpj(kind < 9 ? '0123456789' : '0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ'), address };
  }

  debtor() {
    if (this.debtors.length > 0 && this.random() < REPEATED_DEBTOR_SHARE) return this.pick(this.debtors);
    const debtor = this.newDebtor();
    remember(this.debtors, debtor, this);
    return debtor;
  }

  /** A good row, as cells by name. */
  row({ name, document, address } = this.debtor()) {
    this.count++;
    const [street = '', district = '', city = '', state = '', postalCode = ''] = address;
    // In the order of the header.
    return {
      name,
      governmentId: document,
      // Numbered by row: a debtor who comes again has another address then.
      email: `devedor.${this.seed}.${this.count}@${this.pick(EMAIL_DOMAINS)}`,
      debtAmount: (500 + this.below(500_000) / 100).toFixed(2),
      debtDueDate: this.dayFromToday(5 + this.below(175)),
      debtId: `FAT-${this.seed}-${this.count.toString().padStart(7, '0')}`,
      street,
      district,
      city,
      state,
      postalCode,
    };
  }
}

/**
 * @template T
 * @param {T[]} memory
 * @param {T} item
 * @param {Inventor} inventor
 */
function remember(memory, item, inventor) {
  if (memory.length < MEMORY) memory.push(item);
  else memory[inventor.below(MEMORY)] = item;
}

/** @param {string} text */
function cell(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {Row} row */
function line(row) {
  return `${Object.values(row).map(cell).join(',')}\n`;
}

/** Stands for a byte that is no UTF-8 until the text becomes bytes; from the private use area, used nowhere else. */
const INVALID_BYTE = '\uE000';

/** Each makes a good row bad in one way (the last two, in more or by size) and says which codes it must be given. */
const SPOILERS = /** @type {[string, Spoiler][]} */ ([
  ['DOCUMENT_INVALID', (row) => line({ ...row, governmentId: '529.982.247-26' })],
  ['AMOUNT_INVALID', (row) => line({ ...row, debtAmount: '12.345' })],
  ['EMAIL_INVALID', (row) => line({ ...row, email: row.email.replace('@', '') })],
  ['DUE_DATE_INVALID', (row) => line({ ...row, debtDueDate: '2027-02-30' })],
  ['DUE_DATE_PAST', (row, inventor) => line({ ...row, debtDueDate: inventor.dayFromToday(-30) })],
  ['DUE_DATE_TOO_FAR', (row, inventor) => line({ ...row, debtDueDate: inventor.dayFromToday(6_000) })],
  ['AMOUNT_NOT_POSITIVE', (row) => line({ ...row, debtAmount: '0.00' })],
  ['AMOUNT_TOO_LARGE', (row) => line({ ...row, debtAmount: '100000000.00' })],
  ['NAME_MISSING', (row) => line({ ...row, name: ' ' })],
  ['NAME_INVALID', (row) => line({ ...row, name: `${row.name} www.pague.example` })],
  ['DEBT_ID_INVALID', (row) => line({ ...row, debtId: '2.02611E+11' })],
  ['DEBT_ID_MISSING', (row) => line({ ...row, debtId: '' })],
  ['FIELD_TOO_LONG', (row) => line({ ...row, name: `${row.name} `.repeat(20) })],
  ['TEXT_INVALID', (row) => line({ ...row, name: `${row.name}\u0007` })],
  ['COLUMN_COUNT', (row) => `${Object.values(row).slice(0, 5).map(cell).join(',')}\n`],
  ['TOTALS_ROW', (row) => `Total,,,${row.debtAmount},,\n`],
  ['QUOTE_INVALID', (row, inventor) => `"${inventor.below(2) === 0 ? 'Bar do "Zé"' : 'Bar do Zé'},${line(row)}`],
  ['ENCODING_INVALID', (row) => line({ ...row, name: `${INVALID_BYTE}${row.name}` })],
  [
    'DEBT_ID_CONFLICT',
    (row, _inventor, original) => line({ ...row, ...original, debtAmount: '1.01', email: row.email }),
  ],
  ['AMOUNT_INVALID EMAIL_INVALID', (row) => line({ ...row, debtAmount: 'a combinar', email: 'não tem' })],
  ['RECORD_TOO_LONG', (row) => line({ ...row, name: 'A'.repeat(RECORD_BYTES_MAX) })],
]);
const EACH_TIME = SPOILERS.length - 1; // all but the last, whose 64 KiB once in a file are enough

/** @param {string} text */
function toBytes(text) {
  const parts = text.split(INVALID_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [Buffer.of(0xe3), part])));
}

/**
 * Positions spread over [from, to), one in each of `count` equal parts, at a random place in it.
 * @param {number} from
 * @param {number} to
 * @param {number} count
 * @param {Inventor} inventor
 */
function* spread(from, to, count, inventor) {
  const width = (to - from) / count;
  for (let i = 0; i < count; i++) {
    const first = Math.ceil(from + i * width);
    const next = Math.ceil(from + (i + 1) * width);
    yield first + inventor.below(next - first);
  }
}

/**
 * The file in blocks of bytes; the generator's return value is what reading it under the profile `strict` on the day
 * `today` must give: { read, accepted, duplicate, rejected, byCode }, byCode counting rows by rejection code (a row
 * with two codes counts under both).
 * @param {SampleOptions} options
 * @returns {Generator<Buffer, SampleCounts, undefined>}
 */
export function* generateSample({ rows, seed, today }) {
  if (rows < SAMPLE_ROWS_MIN) throw new RangeError(`a sample has at least ${SAMPLE_ROWS_MIN} rows, not ${rows}`);
  const inventor = new Inventor(seed, today);
  const bad = Math.max(SPOILERS.length, Math.round(rows * BAD_SHARE));
  // The first rows are good: there is something to repeat, and an accent that shows the encoding.
  const badAt = spread(4, rows, bad, inventor);
  const duplicateEvery = Math.round(1 / DUPLICATE_SHARE);
  /** @type {SampleCounts} */
  const expected = { read: rows, accepted: 0, duplicate: 0, rejected: 0, byCode: {} };
  // A row is repeated either as it is or with other terms, never both: then the counts do not depend on which of
  // three rows a concurrent reader happens to see first.
  /** @type {Memory} */
  const memory = { repeatable: [], contestable: [] };

  let block = `${SAMPLE_HEADER}\n`;
  let spoiled = 0;
  let good = 0;
  let nextBad = badAt.next().value;
  for (let at = 0; at < rows; at++) {
    if (at === nextBad) {
      block += spoil(inventor, memory, expected, spoiled);
      spoiled++;
      nextBad = badAt.next().value;
    } else if (good % duplicateEvery === 20) {
      block += inventor.pick(memory.repeatable);
      expected.duplicate++;
      good++;
    } else {
      block += goodLine(inventor, memory, good);
      expected.accepted++;
      good++;
    }
    if (block.length >= BLOCK_CHARS) {
      yield toBytes(block);
      block = '';
    }
  }
  // The last newline is missing, as in many files.
  yield toBytes(block.slice(0, -1));
  return expected;
}

/** The names of the first good rows: accents, a quoted line end, quoted quotes and a comma. */
const NAMES_WORTH_SEEING = ['Conceição Gonçalves', 'Inês Brandão\nA/C Financeiro', 'Padaria "Pão de Açúcar", matriz'];

/**
 * @param {Inventor} inventor
 * @param {Memory} memory
 * @param {number} good
 */
function goodLine(inventor, memory, good) {
  const name = NAMES_WORTH_SEEING[good];
  const row = inventor.row(name === undefined ? inventor.debtor() : { ...inventor.newDebtor(), name });
  if (good % 10 === 0) remember(memory.contestable, row, inventor);
  else remember(memory.repeatable, line(row), inventor);
  return line(row);
}

/**
 * @param {Inventor} inventor
 * @param {Memory} memory
 * @param {SampleCounts} expected
 * @param {number} spoiled
 */
function spoil(inventor, memory, expected, spoiled) {
  const found = SPOILERS[spoiled < SPOILERS.length ? spoiled : spoiled % EACH_TIME];
  if (found === undefined) throw new RangeError(`there is no spoiler ${spoiled}`);
  const [codes, spoiler] = found;
  const row = inventor.row();
  const original = codes === 'DEBT_ID_CONFLICT' ? memory.contestable.shift() : undefined;
  expected.rejected++;
  for (const code of codes.split(' ')) expected.byCode[code] = (expected.byCode[code] ?? 0) + 1;
  return spoiler(row, inventor, original);
}

/**
 * Writes the file without holding it in memory, and returns the expected counts.
 * @param {SampleOptions & { out: string }} options
 * @returns {Promise<SampleCounts>}
 */
export async function writeSample({ rows, seed, today, out }) {
  const blocks = generateSample({ rows, seed, today });
  /** @type {SampleCounts | undefined} */ let expected;
  function* bytes() {
    expected = yield* blocks;
  }
  await pipeline(Readable.from(bytes()), createWriteStream(out));
  if (expected === undefined) throw new Error('the sample was not written to its end');
  return expected;
}

/**
 * The date on the wall in São Paulo, where the default issuer is.
 * @param {Date} now
 */
export function todayInSaoPaulo(now) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Sao_Paulo' }).format(now);
}

async function main() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
      today: { type: 'string', default: todayInSaoPaulo(new Date()) },
    },
  });
  const { out, today } = values;
  const rows = Number(values.rows);
  const seed = Number(values.seed);
  const right = Number.isSafeInteger(rows) && rows >= SAMPLE_ROWS_MIN && Number.isSafeInteger(seed) && seed >= 0;
  if (!right || out === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(today)) {
    console.error('usage: node scripts/sample.mjs --rows N (>= 50) --seed N --out FILE [--today YYYY-MM-DD]');
    process.exitCode = 2;
    return;
  }
  console.log(JSON.stringify(await writeSample({ rows, seed, today, out })));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
