import { setImmediate } from 'node:timers/promises';
import { amountMax } from '#boleto';
import { addDays, calendarDateIn, type CalendarDate } from '#calendar';
import { detectDialect, type Profile } from '#debts-csv';
import type { RowSet } from './good-rows.ts';
import { parseChunk } from './parse-chunk.ts';
import { peopleById } from './people-by-id.ts';

const ROWS = 10_000;
const ROUNDS = 3;
const HEADER = 'name,governmentId,email,debtAmount,debtDueDate,debtId';
/** Fictitious, with check digits that are right. */
const DOCUMENT = '52998224725';

/**
 * Reads files of its own, as if they had come, and keeps nothing of them but the tags of ids that nobody else has. V8 compiles
 * what it has seen run: without this a process that has just started needs seven times as long for its first chunk as for the
 * tenth, and somebody waits for it.
 *
 * @throws Error if one of these rows, all of which are good, is refused
 */
export async function rehearse(timeZone: string): Promise<void> {
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
      const owner = `rehearsal ${profile} ${round.toString()}`; // to each its ids are new
      const range = { fromLine: firstLine, toLine: null };
      const { good } = parseChunk(bytes, { dialect, firstLine, range, context, owner, presumesNew: true });
      if (good.count < ROWS) throw new Error(`${(ROWS - good.count).toString()} rows of the rehearsal were refused`);
      for (const set of [good.fresh, good.others]) peopleById(set, numbered(set));
      await setImmediate(); // somebody may have asked whether we live
    }
  }
}

/** Every other row of the lenient file has a debtor of its own, as few digits as that profile takes. */
function fileOf(profile: Profile, dueDate: CalendarDate): string {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const n = at.toString().padStart(5, '0');
    const document = profile === 'strict' ? DOCUMENT : (1_000 + (at >> 1)).toString();
    return `Fulano de Tal ${n},${document},fulano.${n}@example.com,${(100 + (at % 900)).toString()}.50,${dueDate},0c3e5f20-7a1d-4b5c-8f3e-0000000${n}`;
  });
  return [HEADER, ...rows, ''].join('\n');
}

function numbered({ people }: RowSet): Float64Array {
  return Float64Array.from(people.firstLines, (_, at) => at + 1);
}
