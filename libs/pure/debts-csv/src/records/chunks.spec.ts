import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CSV_PIECES } from '../dialect/noise.fixture.ts';
import { ChunkCutter, type Boundary, type Chunk, type ChunkSizes } from './chunks.ts';
import { RECORD_BYTES_MAX, scanRecords, type Syntax } from './scan.ts';

const csvNoise = fc
  .array(fc.constantFrom(...CSV_PIECES), { maxLength: 40, size: 'max' })
  .map((pieces) => pieces.join(''));

const COMMA: Syntax = { delimiter: ',', newline: 'lf' };
const encoder = new TextEncoder();

interface Cut {
  readonly syntax?: Syntax;
  readonly start?: Boundary;
  readonly chunkBytes?: number;
  readonly growth?: ChunkSizes['growth'];
  /** Lengths of the blocks the stream comes in, again and again; one block if there is none. */
  readonly blocks?: readonly number[];
}

function cut(
  file: Uint8Array,
  { syntax = COMMA, start, chunkBytes = 64, growth, blocks = [] }: Cut = {},
): readonly Chunk[] {
  const from = start ?? { byteOffset: 0, firstLine: 1 };
  const cutter = new ChunkCutter({ syntax, start: from, sizes: { bytes: chunkBytes, growth } });
  const chunks: Chunk[] = [];
  let at = from.byteOffset;
  for (let i = 0; at < file.length; i++) {
    const length = blocks[i % Math.max(blocks.length, 1)] ?? file.length;
    // A stream may reuse its buffer: the cutter must not look at it again after push.
    const block = file.slice(at, at + length);
    chunks.push(...cutter.push(block));
    block.fill(0x22);
    at += length;
  }
  return [...chunks, ...cutter.finish()];
}

const syntaxes = fc.record({
  delimiter: fc.constantFrom<Syntax['delimiter']>(',', ';'),
  newline: fc.constantFrom<Syntax['newline']>('lf', 'crlf', 'cr'),
  shape: fc.constantFrom<Syntax['shape']>(undefined, { cellsMin: 3, governmentId: 0, email: 1, debtDueDate: 2 }),
});
const blockLengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1_000, max: 90_000 })), {
  minLength: 1,
  maxLength: 8,
});
const growths = fc.option(fc.record({ from: fc.constant(0), firstBytes: fc.integer({ min: 1, max: 1_000 }) }), {
  nil: undefined,
});
const chunkSizes = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1_000, max: 200_000 }));

test('chunks hold whole records and know where they are', () => {
  expect(cut(encoder.encode('a,b\n\nc,"d\ne"\nf,g\nh'), { chunkBytes: 10 })).toEqual([
    { byteOffset: 0, byteLength: 4, firstLine: 1, rows: 1 },
    { byteOffset: 5, byteLength: 8, firstLine: 3, rows: 1 },
    { byteOffset: 13, byteLength: 5, firstLine: 5, rows: 2 },
  ]);
});

test('the Ctrl-Z of MS-DOS belongs to no chunk, behind a line end or a cell', () => {
  const whole = cut(encoder.encode('a,b\nc,"d"'));
  expect(cut(encoder.encode('a,b\nc,"d"\x1a'))).toEqual(whole);
  expect(cut(encoder.encode('a,b\nc,"d"\x1a\x1a'), { blocks: [1] })).toEqual(whole);
  expect(cut(encoder.encode('a,b\n\x1a'))).toEqual(cut(encoder.encode('a,b\n')));
});

test('a file without rows has no chunks', () => {
  expect(cut(new Uint8Array(0))).toEqual([]);
  expect(cut(encoder.encode('\n \n\r\n'))).toEqual([]);
});

test('a record larger than a chunk makes a chunk of its own', () => {
  expect(cut(encoder.encode(`a\n${'b'.repeat(100)}\nc\n`), { chunkBytes: 10 })).toEqual([
    { byteOffset: 0, byteLength: 2, firstLine: 1, rows: 1 },
    { byteOffset: 2, byteLength: 101, firstLine: 2, rows: 1 },
    { byteOffset: 103, byteLength: 2, firstLine: 3, rows: 1 },
  ]);
});

test('of an overlong line a chunk holds only what shows that it is one', () => {
  const file = encoder.encode(`a\n${'b'.repeat(300_000)}\nc\n`);
  const chunks = [
    { byteOffset: 0, byteLength: 2 + RECORD_BYTES_MAX + 1, firstLine: 1, rows: 2 },
    { byteOffset: 300_003, byteLength: 2, firstLine: 3, rows: 1 },
  ];
  expect(cut(file, { chunkBytes: 131_072 })).toEqual(chunks);
  expect(cut(file, { chunkBytes: 131_072, blocks: [1_000] })).toEqual(chunks);
  expect(scanRecords(file.subarray(0, 2 + RECORD_BYTES_MAX + 1), COMMA).map(({ flaw }) => flaw)).toEqual([
    undefined,
    'tooLong',
  ]);
});

test('chunks grow from a small first one, each as large as all before it, to the full size', () => {
  const file = encoder.encode('head\n'.concat('row\n'.repeat(100)));
  const start = { byteOffset: 5, firstLine: 2 };
  const chunks = cut(file, { start, chunkBytes: 64, growth: { from: 5, firstBytes: 8 } });
  expect(chunks.map(({ byteLength }) => byteLength)).toEqual([8, 8, 16, 32, 64, 64, 64, 64, 64, 16]);
});

test('the chunks do not depend on how the stream is cut into blocks', () => {
  fc.assert(
    fc.property(csvNoise, syntaxes, chunkSizes, blockLengths, (text, syntax, chunkBytes, blocks) => {
      // Blocks of a few bytes and overlong lines together would only be slow.
      const file = encoder.encode(blocks.some((length) => length < 10) ? text.replaceAll(/x+/g, 'xxx') : text);
      expect(cut(file, { syntax, chunkBytes, blocks })).toEqual(cut(file, { syntax, chunkBytes }));
    }),
  );
});

test('cutting from any chunk on gives the chunks that follow', () => {
  fc.assert(
    fc.property(csvNoise, syntaxes, chunkSizes, growths, (text, syntax, chunkBytes, growth) => {
      const file = encoder.encode(text);
      const chunks = cut(file, { syntax, chunkBytes, growth });
      for (const [i, start] of chunks.entries()) {
        expect(cut(file, { syntax, chunkBytes, growth, start })).toEqual(chunks.slice(i));
      }
    }),
  );
});

test('scanning the chunks one by one finds the records of the whole file', () => {
  fc.assert(
    fc.property(csvNoise, syntaxes, chunkSizes, (text, syntax, chunkBytes) => {
      const file = encoder.encode(text);
      const chunks = cut(file, { syntax, chunkBytes });
      const found = chunks.flatMap(({ byteOffset, byteLength, firstLine, rows }) => {
        const records = scanRecords(file.subarray(byteOffset, byteOffset + byteLength), syntax, firstLine);
        expect(records).toHaveLength(rows);
        return records.map(({ start, end, line, flaw }) => {
          return { start: start + byteOffset, end: end + byteOffset, line, flaw };
        });
      });
      expect(found).toEqual(scanRecords(file, syntax));
    }),
  );
});
