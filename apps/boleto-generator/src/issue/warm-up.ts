import { setImmediate } from 'node:timers/promises';
import { numbersOfDay, type BankAccount } from '#boleto';
import { dayNumber, type CalendarDate } from '#calendar';
import { composeBoletos } from './compose-boletos.ts';
import { uuidsV7 } from './uuid-v7.ts';

const BOLETOS = 10_000;
const ROUNDS = 2;

/**
 * Composes boletos that are thrown away. V8 compiles only code that has run, and each bank has its own check digits.
 * Without this the first boletos of a new process take several times as long.
 *
 * @param accounts accounts of the issuers whose files are expected
 */
export async function warmUpComposing(accounts: readonly BankAccount[], today: CalendarDate): Promise<void> {
  const debts = {
    count: BOLETOS,
    digest: '',
    amounts: Float64Array.from({ length: BOLETOS }, (_, at) => 100 + at),
    dueDays: new Int32Array(BOLETOS).fill(dayNumber(today)),
  };
  for (const account of accounts) {
    for (let round = 0; round < ROUNDS; round += 1) {
      composeBoletos(account, debts, numbersOfDay(account, today).min, uuidsV7(BOLETOS, 0));
      await setImmediate(); // let a pending health check be answered
    }
  }
}
