import { unreadable, type RawEntry } from '../entry/raw-entry.ts';
import type { Reader } from '../readers/reader.ts';
import type { Line } from './line-text.ts';
import type { Records, Section } from './records.ts';

const HEADER = '02RETORNO';

/**
 * Sorts lines of 400 columns into entries and structure. Any other line is an entry of its own that cannot be read, so
 * that a line whose columns moved is never lost.
 */
export function records400(lines: readonly Line[], blankLines: number, reader: Reader): Records {
  const [header] = lines;
  if (header === undefined) throw new RangeError('a file without lines has no records');
  const sections: Section[] = [];
  const entries: RawEntry[] = [];
  let structureLines = blankLines;
  for (const [index, line] of lines.entries()) {
    const section = sections.at(-1);
    if (line.text.startsWith(HEADER)) {
      structureLines += 1;
      sections.push({ header: line, trailer: undefined, details: 0, entries: [] });
    } else if (section !== undefined && isTrailer(line, lines[index + 1])) {
      structureLines += 1;
      section.trailer = line;
    } else if (section !== undefined) {
      section.details += 1;
      addDetail(line, { reader, section, entries });
    }
  }
  return { header, trailer: sections.at(-1)?.trailer, entries, sections, structureLines, foreignLines: [] };
}

/** A trailer ends the file, or the part of it before another header. */
function isTrailer({ text }: Line, next: Line | undefined): boolean {
  return text.startsWith('9') && (next === undefined || next.text.startsWith(HEADER));
}

function addDetail(
  line: Line,
  { reader, section, entries }: { readonly reader: Reader; readonly section: Section; readonly entries: RawEntry[] },
): void {
  const type = line.text.charAt(0);
  const current = section.entries.at(-1);
  if (reader.companions.includes(type) && current !== undefined) {
    current.companions.push(line);
    return;
  }
  const entry = reader.mainRecords.includes(type)
    ? { lines: [line], companions: [], problems: [] }
    : unreadable(line, 'RECORD_UNKNOWN', { from: 1, to: 1 });
  section.entries.push(entry);
  entries.push(entry);
}
