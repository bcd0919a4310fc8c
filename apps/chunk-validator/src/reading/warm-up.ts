import { setImmediate } from 'node:timers/promises';
import { amountMax } from '#boleto';
import { addDays, calendarDateIn, type CalendarDate } from '#calendar';
import { CSV_HEADER, detectDialect, type Profile } from '#debts-csv';
import { debtorRanges } from '../likely-new/debtor-ranges.ts';
import { parseChunk } from './parse-chunk.ts';
import type { RowSet } from './row-sets.ts';

const ROWS = 10_000;
const ROUNDS = 3;
/** Fictitious, with valid check digits. */
const DOCUMENT = '52998224725';

/**
 * Reads made-up files and throws their rows away; only the tags of their ids remain, which no other file uses. V8
 * compiles code that it has seen run: without this a new process needs seven times as long for its first chunk as for
 * its tenth, and a customer waits.
 *
 * @throws Error if one of these rows, all of which are good, is refused
 */
export async function warmUpParsing(timeZone: string, { fastPaths }: { readonly fastPaths: boolean }): Promise<void> {
  const today = calendarDateIn(timeZone, new Date());
  for (const profile of ['strict', 'lenient'] as const) {
    const file = Buffer.from(fileOf(profile, addDays(today, 30)));
    const detected = detectDialect(file);
    if (!detected.ok) throw new Error(detected.problem.message);
    const { dialect, header } = detected;
    const bytes = file.subarray(header.byteLength);
    const firstLine = header.lines + 1;
    const context = { mapping: header.mapping, dialect, profile, today, amountMax: amountMax('001') };
    for (let round = 1; round <= ROUNDS; round += 1) {
      const owner = `warm-up ${profile} ${round.toString()}`; // another owner, so that the ids are new in each round
      const range = { fromLine: firstLine, toLine: null };
      const switches = { plainRows: fastPaths, likelyNew: fastPaths };
      const { good } = parseChunk(bytes, { dialect, firstLine, range, context, owner, ...switches });
      if (good.count < ROWS) throw new Error(`${(ROWS - good.count).toString()} rows of the warm-up were refused`);
      for (const set of [good.likelyNew, good.maybeKnown]) debtorRanges(set, numbered(set));
      await setImmediate(); // let a pending health check be answered
    }
  }
}

/** In the lenient file two rows share a debtor, whose document is as short as that profile takes. */
function fileOf(profile: Profile, dueDate: CalendarDate): string {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const n = at.toString().padStart(5, '0');
    const document = profile === 'strict' ? DOCUMENT : (1_000 + (at >> 1)).toString();
    return `Fulano de Tal ${n},${document},fulano.${n}@example.com,${(100 + (at % 900)).toString()}.50,${dueDate},0c3e5f20-7a1d-4b5c-8f3e-0000000${n}`;
  });
  return [CSV_HEADER, ...rows, ''].join('\n');
}

function numbered({ people }: RowSet): Float64Array {
  return Float64Array.from(people.firstLines, (_, at) => at + 1);
}
