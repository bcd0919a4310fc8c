import { NUMBER_OF_LINE } from './entry/line-faults.ts';
import type { RawEntry } from './entry/raw-entry.ts';
import type { Width } from './file/detect.ts';
import type { Line } from './file/line-text.ts';

/** Columns of a detail line that change when the same entry is sent in another file. */
const OF_THE_FILE = {
  400: [NUMBER_OF_LINE[400]],
  // The number of the lot stands in front of the number of the record.
  240: [{ from: 4, to: 7 }, NUMBER_OF_LINE[240]],
} as const;

/**
 * The text that is the same wherever an entry is sent: its lines without the numbers of lot and record, behind the
 * account. A caller hashes it, with the count of equal ones before it in the file: two equal payments of one file are
 * two, and those of a file that is sent again are not.
 */
export function sameEntryText({ lines, companions }: RawEntry, account: string, width: Width): string {
  return [
    account,
    ...lines.map((line) => blanked(line, width)),
    ...companions.map((line) => blanked(line, width)),
  ].join('\n');
}

function blanked({ text }: Line, width: Width): string {
  let result = text;
  for (const { from, to } of OF_THE_FILE[width]) {
    result = result.slice(0, from - 1) + ' '.repeat(to - from + 1) + result.slice(to);
  }
  return result.trimEnd();
}
