// The file a run uploads, and what reading it must give. Seeded, written as a stream, kept for the next run.
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CSV_HEADER } from '#debts-csv';
import type { Log } from '#scripts/lib/run/log.mjs';
import { localFolder } from '#scripts/lib/run/paths.mjs';
import { readJson, writeJson } from '#scripts/lib/run/run.mjs';
import { todayInSaoPaulo } from '#scripts/sample.mjs';
import { Chance } from '../../chaos/random.ts';
import type { Profile } from '../lib/context.ts';

/** Part of a file's name: a generator that writes other bytes has another one. */
const VERSION = 1;
const SEED = 20_261_121;
const HEADER = `${CSV_HEADER}\n`;
const BLOCK_CHARS = 262_144;
const DAY_MS = 86_400_000;
/** A strict file is due from 60 days after it was written; it is good for this long. */
const FRESH_MS = 45 * DAY_MS;

const FIRST_NAMES = ['Elijah', 'Samuel', 'Leslie', 'Janet', 'Russell', 'Michael', 'Patricia', 'Ana', 'Jeremy', 'Debra'];
const LAST_NAMES = ['Santos', 'Orr', 'Morgan', 'Schneider', 'Smith', 'Wolfe', 'Rodriguez', 'Lin', 'Cunningham', 'Lee'];
const NOMES = ['Ana', 'João', 'José', 'Luís', 'Inês', 'Antônio', 'Conceição', 'Márcia', 'Cauã', 'Caio', 'Thaís'];
const SOBRENOMES = ['Silva', 'Gonçalves', 'Araújo', 'Sá', 'Patrício', "D'Ávila", 'Brandão', 'Lima', 'Nóbrega', 'Melo'];
const DOMAINS = ['example.com', 'example.org', 'example.net'];

export interface Expected {
  readonly read: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Sum of the accepted rows. */
  readonly centavos: string;
  /**
   * Sum over the accepted rows, in any order, of the first 32 bits of the MD5 of
   * `debtId|document|name|email|centavos|dueDate`.
   */
  readonly fingerprint: string;
}

export interface BenchFile {
  readonly path: string;
  readonly bytes: number;
  readonly expected: Expected;
}

/** Facts about a file that an earlier run wrote. */
interface Known {
  readonly bytes: number;
  readonly today: string;
  readonly expected: Expected;
}

interface RowOptions {
  readonly profile: Profile;
  readonly rows: number;
  /** YYYY-MM-DD */
  readonly today: string;
}

export async function provideFile({ profile, rows }: { profile: Profile; rows: number }, log: Log): Promise<BenchFile> {
  const folder = join(localFolder, 'bench');
  const name = `${profile}-${String(rows)}-v${String(VERSION)}`;
  const path = join(folder, `${name}.csv`);
  const facts = join(folder, `${name}.json`);
  const known = readJson(facts) as Known | undefined;
  if (known !== undefined && isUsable(path, known, profile)) return { path, ...known };

  log.info(`Writing ${rows.toLocaleString('en')} rows of the ${profile} shape …`);
  mkdirSync(folder, { recursive: true });
  const today = todayInSaoPaulo(new Date());
  const draft = `${path}.${String(process.pid)}.tmp`;
  const expected = await writeRows({ profile, rows, today }, draft);
  renameSync(draft, path);
  const made = { bytes: statSync(path).size, expected, today };
  writeJson(facts, made);
  return { path, ...made };
}

function isUsable(path: string, { bytes, today }: Known, profile: Profile): boolean {
  if (!existsSync(path) || statSync(path).size !== bytes) return false;
  return profile === 'lenient' || Date.now() - Date.parse(today) < FRESH_MS;
}

async function writeRows(options: RowOptions, path: string): Promise<Expected> {
  const blocks = generateRows(options);
  let expected: Expected | undefined;
  const bytes = function* bytes(): Generator<string> {
    expected = yield* blocks;
  };
  await pipeline(Readable.from(bytes()), createWriteStream(path));
  if (expected === undefined) throw new Error('the file was not written to its end');
  return expected;
}

/** The file in blocks of text; the generator's return value is what reading it must give. */
export function* generateRows({ profile, rows, today }: RowOptions): Generator<string, Expected> {
  const shape = profile === 'strict' ? new StrictShape(today) : new LenientShape();
  const tally = new Tally();
  let block = HEADER;
  for (let at = 0; at < rows; at += 1) {
    block += shape.line(at, tally);
    if (block.length >= BLOCK_CHARS) {
      yield block;
      block = '';
    }
  }
  yield block;
  return tally.expected(rows);
}

interface Counted {
  readonly debtId: string;
  readonly document: string;
  readonly name: string;
  readonly email: string;
  readonly centavos: number;
  readonly dueDate: string;
}

interface StrictRow extends Counted {
  readonly amount: string;
}

class Tally {
  #accepted = 0;
  #centavos = 0n;
  #fingerprint = 0n;
  duplicate = 0;
  rejected = 0;

  accept({ debtId, document, name, email, centavos, dueDate }: Counted): void {
    this.#accepted += 1;
    this.#centavos += BigInt(centavos);
    const text = `${debtId}|${document}|${name}|${email}|${String(centavos)}|${dueDate}`;
    this.#fingerprint += BigInt(createHash('md5').update(text).digest().readUInt32BE(0));
  }

  expected(read: number): Expected {
    const { duplicate, rejected } = this;
    return {
      read,
      accepted: this.#accepted,
      duplicate,
      rejected,
      centavos: this.#centavos.toString(),
      fingerprint: this.#fingerprint.toString(),
    };
  }
}

/**
 * Rows like those of the yardstick's file: documents of four digits, whole reais, due dates long past, a UUID for each
 * debt.
 */
class LenientShape {
  readonly #chance = new Chance(SEED);

  line(at: number, tally: Tally): string {
    const chance = this.#chance;
    const [first, last] = [chance.pick(FIRST_NAMES), chance.pick(LAST_NAMES)];
    const name = `${first} ${last}`;
    const document = String(1000 + below(chance, 9000));
    const email = `${first.toLowerCase()}.${last.toLowerCase()}${String(below(chance, 1000))}@${chance.pick(DOMAINS)}`;
    const reais = 1000 + below(chance, 9000);
    const dueDate = dayAfter('2022-10-06', below(chance, 730));
    const debtId = uuidOf(at, chance);
    tally.accept({ debtId, document, name, email, centavos: reais * 100, dueDate });
    return `${name},${document},${email},${String(reais)},${dueDate},${debtId}\n`;
  }
}

/** Each makes a good row bad in one way. */
const SPOILERS: readonly ((row: StrictRow) => StrictRow)[] = [
  (row) => ({ ...row, document: `${row.document.slice(0, -1)}${String((Number(row.document.at(-1)) + 1) % 10)}` }),
  (row) => ({ ...row, amount: '12.345' }),
  (row) => ({ ...row, email: row.email.replace('@', '') }),
  (row) => ({ ...row, dueDate: '2026-02-30' }),
  (row) => ({ ...row, dueDate: '2024-01-19' }),
  (row) => ({ ...row, name: ' ' }),
];
const BAD_EVERY = 50;
const DUPLICATE_EVERY = 100;
/** One name in so many has a comma, and so the row has quotes. */
const QUOTED_EVERY = 200;

/**
 * Rows like those of a real issuer: valid documents, each once, due in the future; 2 % of the rows bad, 1 % sent twice.
 */
class StrictShape {
  readonly #chance = new Chance(SEED);
  readonly #today: string;
  readonly #earlier: string[] = [];

  constructor(today: string) {
    this.#today = today;
  }

  line(at: number, tally: Tally): string {
    const row = this.#row(at);
    if (at % BAD_EVERY === 17) {
      tally.rejected += 1;
      const spoil = SPOILERS[Math.floor(at / BAD_EVERY) % SPOILERS.length];
      return lineOf(spoil === undefined ? row : spoil(row));
    }
    if (at % DUPLICATE_EVERY === 42) {
      tally.duplicate += 1;
      return this.#chance.pick(this.#earlier);
    }
    const line = lineOf(row);
    tally.accept(row);
    if (this.#earlier.length < 500) this.#earlier.push(line);
    else if (at % 7 === 0) this.#earlier[below(this.#chance, 500)] = line;
    return line;
  }

  #row(at: number): StrictRow {
    const chance = this.#chance;
    const [nome, sobrenome] = [chance.pick(NOMES), chance.pick(SOBRENOMES)];
    const name = at % QUOTED_EVERY === 3 ? `${sobrenome}, ${nome}` : `${nome} ${sobrenome} ${chance.pick(SOBRENOMES)}`;
    const centavos = 500 + below(chance, 500_000);
    return {
      name,
      document: documentOf(at),
      email: `devedor.${String(at)}@${chance.pick(DOMAINS)}`,
      centavos,
      amount: `${String(Math.floor(centavos / 100))}.${String(centavos % 100).padStart(2, '0')}`,
      dueDate: dayAfter(this.#today, 60 + below(chance, 300)),
      debtId: uuidOf(at, chance),
    };
  }
}

function lineOf({ name, document, email, amount, dueDate, debtId }: StrictRow): string {
  return `${name.includes(',') ? `"${name}"` : name},${document},${email},${amount},${dueDate},${debtId}\n`;
}

function below(chance: Chance, limit: number): number {
  return Math.floor(chance.next() * limit);
}

const days = new Map<string, string>();

function dayAfter(start: string, count: number): string {
  const key = `${start}+${String(count)}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const day = new Date(Date.parse(`${start}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
  days.set(key, day);
  return day;
}

/** In no order, and different for every row: its first 32 bits are a permutation of the row's number. */
function uuidOf(at: number, chance: Chance): string {
  const hex = [scrambled(at), ...[0, 0, 0].map(() => Math.floor(chance.next() * 4_294_967_296))]
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The finaliser of MurmurHash3: every step can be undone, so different numbers stay different. */
function scrambled(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A CPF for four rows of five, a CNPJ for the fifth; different for every row, in no order. */
function documentOf(at: number): string {
  if (at % 5 === 4) {
    // 7 919 and 10⁸ have no common divisor: a permutation.
    const root = String((at * 7_919 + 12_345_678) % 100_000_000).padStart(8, '0');
    return withCheckDigits(`${root}0001`, 9);
  }
  const base = (at * 611_953 + 123_456_789) % 1_000_000_000;
  const digits = String(base).padStart(9, '0');
  // Nine equal digits would give a document of equal digits, which is never valid.
  return /^(.)\1+$/.test(digits) ? withCheckDigits('100000001', 11) : withCheckDigits(digits, 11);
}

function withCheckDigits(base: string, weightMax: number): string {
  const first = base + checkDigit(base, weightMax);
  return first + checkDigit(first, weightMax);
}

/** Modulo 11, weights from the right 2, 3 … `weightMax`, and again. */
function checkDigit(base: string, weightMax: number): string {
  let sum = 0;
  let weight = 2;
  for (let at = base.length - 1; at >= 0; at -= 1) {
    sum += (base.charCodeAt(at) - 48) * weight;
    weight = weight === weightMax ? 2 : weight + 1;
  }
  return String(((sum * 10) % 11) % 10);
}
