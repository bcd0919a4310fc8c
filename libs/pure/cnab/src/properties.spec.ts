import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainFile } from './explain-file.ts';
import { bbLines, bytesOf, itauLines } from './files.fixture.ts';
import { readRetorno, type ReadEntry } from './read-retorno.ts';
import { hasShared, retornoNames, retornoOf, sharedFile } from './shared.fixture.ts';

/** Headers make the bytes behind them reach every part of the readers. */
const heads = fc.constantFrom('', '02RETORNO01COBRANCA', itauLines()[0] ?? '', bbLines().slice(0, 2).join('\n'));

test('any bytes are read, or refused with a code', () => {
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 3_000 }), (head, tail) => {
      const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from('\n'), tail]);
      const result = readRetorno(bytes);
      explainFile(bytes);
      if (!result.ok) return;
      const { lines, structureLines, entries } = result.retorno;
      expect(lines).toBe(structureLines + entries.flatMap((entry) => entry.lines).length);
    }),
    { numRuns: 300 },
  );
});

test('any text between records is read, and every line is accounted for', () => {
  const detail = fc.oneof(
    fc.constantFrom(...itauLines(), ...bbLines()),
    fc.string({ unit: 'binary', maxLength: 450 }),
    fc.string({ unit: fc.constantFrom('0', '1', '3', 'T', 'U', ' '), minLength: 240, maxLength: 400 }),
  );
  const file = fc.constantFrom(itauLines(), bbLines());
  fc.assert(
    fc.property(file, fc.array(detail, { maxLength: 8 }), ([header = '', lot = ''], details) => {
      const retorno = retornoOf(bytesOf([header, lot, ...details]));
      expect(retorno.lines).toBe(retorno.structureLines + retorno.entries.flatMap(({ lines }) => lines).length);
    }),
    { numRuns: 200 },
  );
});

function fileOf(count: number): Uint8Array {
  const [header = '', payment = ''] = itauLines();
  return bytesOf([header, ...Array.from({ length: count }, () => payment)]);
}

function timeOf(bytes: Uint8Array): number {
  const start = performance.now();
  readRetorno(bytes);
  return performance.now() - start;
}

test('the time is bounded by the bytes: ten times the lines take less than forty times as long', () => {
  const small = fileOf(500);
  const large = fileOf(5_000);
  timeOf(small);
  const ratio = Math.min(...[1, 2, 3].map(() => timeOf(large))) / Math.max(timeOf(small), 1);
  expect(ratio).toBeLessThan(40);
});

/** The parts of an entry that may be booked. */
function money({ amounts, occurredOn, creditedOn, ourNumber, occurrence }: ReadEntry): unknown {
  const { title, paid, credited, interest, discount, rebate, fee } = amounts;
  return [ourNumber, occurrence, occurredOn, creditedOn, title, paid, credited, interest, discount, rebate, fee];
}

/** Moves the fields from a column on to the right, or to the left; the line keeps its width. */
function moved(line: string, from: number, by: 'right' | 'left', filling: string): string {
  if (by === 'right') return `${line.slice(0, from - 1)}${filling}${line.slice(from - 1)}`.slice(0, line.length);
  return `${line.slice(0, from - 1)}${line.slice(from)}${filling}`;
}

interface Moved {
  readonly name: string;
  readonly change: string;
}

/** The lines of a file up to its second entry, so that thousands of changes take seconds. */
function headOf(name: string): readonly string[] {
  const file = sharedFile('retorno', name);
  const { reader, entries } = retornoOf(file);
  const last = (entries[1] ?? entries[0])?.lines.at(-1);
  const lines = file.toString('latin1').split('\n').slice(0, last);
  return lines.map((line) => line.replace('\r', '').padEnd(reader.width));
}

/** The changes that gave other money without a word. */
function silentlyOther(name: string): readonly Moved[] {
  const lines = headOf(name);
  const width = lines[0]?.length ?? 0;
  const before = retornoOf(Buffer.from(lines.join('\n'), 'latin1')).entries;
  const silent: Moved[] = [];
  for (const at of new Set(before.flatMap((entry) => entry.lines))) {
    for (let column = 1; column <= width; column += 1) {
      for (const by of ['right', 'left'] as const) {
        for (const filling of [' ', '0']) {
          const changed = lines.with(at - 1, moved(lines[at - 1] ?? '', column, by, filling));
          const result = readRetorno(Buffer.from(changed.join('\n'), 'latin1'));
          if (result.ok && isSilent(result.retorno.entries, before)) {
            silent.push({ name, change: `line ${at.toString()} column ${column.toString()} ${by} ${filling}` });
          }
        }
      }
    }
  }
  return silent;
}

/** True if an entry without any problem has other money than one that the file had. */
function isSilent(after: readonly ReadEntry[], before: readonly ReadEntry[]): boolean {
  const known = new Set(before.map((entry) => JSON.stringify(money(entry), bigints)));
  return after.some((entry) => entry.problems.length === 0 && !known.has(JSON.stringify(money(entry), bigints)));
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

describe.runIf(hasShared)('a line whose fields moved by one column is never other money without a word', () => {
  const read = retornoNames().filter((name) => readRetorno(sharedFile('retorno', name)).ok);
  test.each(read)('%s', (name) => {
    expect(silentlyOther(name)).toEqual([]);
  });
});
