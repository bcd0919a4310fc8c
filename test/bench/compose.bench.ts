// Boletos a second: nosso número, campo livre, código de barras and linha digitável of a title, for each bank, against
// the least that any of them needs: fixed texts filled in, one modulo 11 over the barcode, three modulo 10 over the
// line. That is the floor, and not COPY: composing writes nothing, and what the database takes is in `bench --
// pipeline`.
import { banks, storedBoletoComposerFor, type BankAccount } from '#boleto';
import { dayNumber } from '#calendar';
import { ACCOUNTS } from '../../libs/pure/boleto/src/accounts.fixture.ts';
import type { BenchContext } from './lib/context.ts';
import { dayOf } from './lib/dates.ts';
import { alternate, logLine, rateOfCore, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.ts';

const TITLES = 50_000;

interface Title {
  readonly sequence: bigint;
  readonly debt: { readonly amount: number; readonly dueDay: number };
}

/** Titles like those of a file: different amounts, due dates within a year. */
function titles(): Title[] {
  const first = dayOf('2026-12-01');
  return Array.from({ length: TITLES }, (_, index) => ({
    // Sicredi's counter has five digits.
    sequence: BigInt(index + 1),
    debt: { amount: 1_000 + ((index * 7_919) % 9_000_000), dueDay: dayNumber(first) + (index % 300) },
  }));
}

/** Uses the result, so that the compiler cannot remove the work. */
function check(digits: number): void {
  if (digits !== TITLES * (44 + 47)) throw new Error(`${String(digits)} digits, expected 91 a title`);
}

function compose(account: BankAccount, batch: readonly Title[]): () => number {
  return () =>
    rateOfCore(TITLES, () => {
      const composer = storedBoletoComposerFor(account);
      let digits = 0;
      for (const { sequence, debt } of batch) {
        const { codes } = composer(sequence, debt);
        digits += codes.codigoBarras.length + codes.linhaDigitavel.length;
      }
      check(digits);
    });
}

const EPOCH_DAY = Date.UTC(2022, 4, 29) / 86_400_000;

function modulo11(text: string): number {
  let sum = 0;
  let weight = 2;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    sum += (text.charCodeAt(at) - 48) * weight;
    weight = weight === 9 ? 2 : weight + 1;
  }
  const digit = 11 - (sum % 11);
  return digit > 9 ? 1 : digit;
}

function modulo10(text: string): number {
  let sum = 0;
  let weight = 2;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const product = (text.charCodeAt(at) - 48) * weight;
    sum += product > 9 ? product - 9 : product;
    weight = 3 - weight;
  }
  return (10 - (sum % 10)) % 10;
}

/** Knows no bank, checks nothing and has no check digit of its own in the campo livre. */
function fill(bankCode: string, batch: readonly Title[]): () => number {
  return () =>
    rateOfCore(TITLES, () => {
      let digits = 0;
      for (const { sequence, debt } of batch) {
        const factor = 1_000 + debt.dueDay - EPOCH_DAY;
        const value = `${String(factor)}${debt.amount.toString().padStart(10, '0')}`;
        const free = `12345678${sequence.toString().padStart(17, '0')}`;
        const barcode = `${bankCode}9${String(modulo11(`${bankCode}9${value}${free}`))}${value}${free}`;
        const fields = [`${bankCode}9${free.slice(0, 5)}`, free.slice(5, 15), free.slice(15)];
        let line = '';
        for (const field of fields) line += `${field}${String(modulo10(field))}`;
        line += `${barcode.charAt(4)}${value}`;
        digits += barcode.length + line.length;
      }
      check(digits);
    });
}

/** @returns medians of five rounds for one core, in boletos/s; `ratio` is composed / filled in */
export async function benchCompose({ log }: BenchContext): Promise<object> {
  const missing = banks().filter(({ code }) => ACCOUNTS.every(({ bankCode }) => bankCode !== code));
  if (missing.length > 0) throw new Error(`no account here at ${missing.map(({ code }) => code).join(', ')}`);
  log.info(`Composing boletos, median of ${String(ROUNDS)} rounds (and spread), by processor time:`);
  const batch = titles();
  const banksMeasured: object[] = [];
  const floors: number[] = [];
  for (const account of ACCOUNTS) {
    const { bankCode } = account;
    const rates = await alternate({ composed: compose(account, batch), filled: fill(bankCode, batch) });
    const [composed, ratio] = [summarise(rates.composed), ratioOf(rates.composed, rates.filled)];
    floors.push(...rates.filled);
    logLine(log, `bank ${bankCode}`, composed, { digits: 0, unit: 'boletos/s' });
    logLine(log, `bank ${bankCode}, ratio`, ratio, { digits: 2, unit: 'times' });
    banksMeasured.push({ bankCode, composedPerSecond: rounded(composed), ratio: rounded(ratio, 2) });
  }
  logLine(log, 'a template filled in', summarise(floors), { digits: 0, unit: 'boletos/s' });
  return { banks: banksMeasured, filledPerSecond: rounded(summarise(floors)) };
}
