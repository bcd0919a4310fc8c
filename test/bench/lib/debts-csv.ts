// CSV of debts in memory, the same bytes at every call.
import { CSV_HEADER } from '#debts-csv';
import type { Profile } from './context.ts';

const HEADER = `${CSV_HEADER}\n`;
const NAMES = ['John Doe', 'Ana Gonçalves', 'José da Silva Araújo', 'Padaria São João Ltda.', 'Inês Brandão'];
const CPFS = ['52998224725', '11144477735', '12345678909', '98765432100', '52998224725'];

/**
 * A row of the kind: `lenient` as the field's yardstick has them (4-digit documents, past dates), `strict` as people
 * write.
 */
const ROWS: Readonly<Record<Profile, (n: number) => string>> = {
  lenient: (n) =>
    `${nameOf(0)},${String(1_000 + (n % 9_000))},johndoe${String(n % 9_000)}@example.com,${String(1_000 + ((n * 7) % 9_000))}.00,` +
    `2022-10-12,${uuidLike(n)}\n`,
  strict: (n) => {
    if (n % 50 === 7)
      return `${nameOf(n)},52998224726,devedor${String(n)}.example.com,12.345,2027-02-30,F-${String(n)}\n`;
    const name = n % 20 === 3 ? `"Bar do ""Zé"", filial ${String(n % 9)}"` : nameOf(n);
    return `${name},${CPFS[n % 5] ?? ''},devedor.${String(n)}@example.org,${String(5 + ((n * 31) % 9_000))}.${String(10 + (n % 90))},2027-0${String(1 + (n % 9))}-17,FAT-${String(n).padStart(9, '0')}\n`;
  },
};

function nameOf(n: number): string {
  return NAMES[n % 5] ?? '';
}

function uuidLike(n: number): string {
  const hex = ((n * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0');
  return `${hex}-7c1e-4c3a-9d2e-${String(n).padStart(12, '0')}`;
}

/** @param options about so many bytes */
export function debtsCsv({ kind, bytes }: { kind: Profile; bytes: number }): {
  bytes: Buffer;
  headerBytes: number;
  rows: number;
} {
  const blocks = [Buffer.from(HEADER)];
  let rows = 0;
  for (let size = HEADER.length; size < bytes;) {
    let text = '';
    for (let i = 0; i < 1_000; i += 1) text += ROWS[kind](rows++);
    const block = Buffer.from(text);
    blocks.push(block);
    size += block.length;
  }
  return { bytes: Buffer.concat(blocks), headerBytes: HEADER.length, rows };
}
