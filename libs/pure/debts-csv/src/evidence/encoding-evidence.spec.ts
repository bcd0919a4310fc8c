import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Encoding } from '../dialect/dialect.ts';
import { decodeRecord } from '../dialect/encoding.ts';
import { highCharacter, type SingleByteEncoding } from './charsets.ts';
import { EncodingEvidence } from './encoding-evidence.ts';
import { recordText } from './record-text.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The text as a file of this encoding has it. */
function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Array.from({ length: 128 }, (_, at) => [highCharacter(encoding, at + 0x80), at + 0x80] as const);
  const byteOf = new Map(bytes);
  return Buffer.from(Array.from(text, (character) => byteOf.get(character) ?? character.charCodeAt(0)));
}

function guessEncoding(...blocks: readonly Uint8Array[]): Encoding {
  const evidence = new EncodingEvidence();
  for (const block of blocks) evidence.see(block);
  return evidence.finish();
}

const NAMES =
  'João Conceição\nJosé Antônio\nMárcia Gonçalves\nPadaria Pão de Açúcar\nZÉLIA MUNIZ DE ARAÚJO E IRMÃOS\nÂngela\n' +
  'Inês D´Ávila\nFLÁVIA NUÑEZ\n1ª VARA CÍVEL\n';

test('text without stray bytes is UTF-8, also when the head cuts its last character', () => {
  expect(guessEncoding(utf8('nome;valor'))).toBe('utf-8');
  expect(guessEncoding(utf8('João'))).toBe('utf-8');
  expect(guessEncoding(utf8('Joã').subarray(0, -1))).toBe('utf-8');
  expect(guessEncoding(utf8('nome €').subarray(0, -1))).toBe('utf-8');
});

test('accents as single bytes are windows-1252', () => {
  expect(guessEncoding(latin('Jo\u00e3o'))).toBe('windows-1252');
  expect(guessEncoding(latin('CONCEI\u00c7\u00c3O, JO\u00c3O'))).toBe('windows-1252');
});

test('a few broken rows do not make a UTF-8 file windows-1252', () => {
  expect(guessEncoding(Uint8Array.of(...utf8('João, Inês, '), 0xe3, 0x6f))).toBe('utf-8');
});

test.each([
  ['overlong', [0xc0, 0xaf]],
  ['overlong of three', [0xe0, 0x80, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['a lone continuation', [0x80]],
])('%s is no UTF-8', (_, bytes) => {
  expect(guessEncoding(Uint8Array.of(...bytes, 0x61, 0x61, 0x61))).not.toBe('utf-8');
  expect(decodeRecord(Uint8Array.of(...bytes), 'utf-8')).toBeUndefined();
});

describe('Portuguese names', () => {
  const encodings = ['utf-8', 'windows-1252', 'cp850', 'macintosh'] as const;

  test.each(encodings)('are known to be in %s, however the file is cut into blocks', (encoding) => {
    const bytes = encode(NAMES, encoding);
    expect(guessEncoding(bytes)).toBe(encoding);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const blocks = edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
        expect(guessEncoding(...blocks)).toBe(encoding);
      }),
    );
  });

  test.each(encodings)('in %s are found behind a million bytes of ASCII', (encoding) => {
    const ascii = Buffer.from('CLIENTE NUMERO 1;52998224725\n'.repeat(40_000));
    const evidence = new EncodingEvidence();
    evidence.see(ascii);
    expect([evidence.decision, evidence.firstLineAt]).toEqual([undefined, undefined]);
    evidence.see(encode(`Ana\n${NAMES}`, encoding));
    expect(evidence.firstLineAt).toBe(ascii.length + 4);
    expect(evidence.finish()).toBe(encoding);
  });

  test.each(encodings)('in %s are read as they are, line by line', (encoding) => {
    for (const line of NAMES.trim().split('\n')) {
      const bytes = encode(line, encoding);
      expect(recordText(bytes, { encoding }, 0, bytes.length)).toBe(line);
    }
  });
});

test('the first eight characters that are UTF-8 decide, and so do the first thousand of any kind', () => {
  const evidence = new EncodingEvidence();
  evidence.see(utf8('ã ç é á ó ú õ\n'));
  expect(evidence.decision).toBeUndefined();
  evidence.see(utf8('à\n'));
  expect(evidence.decision).toBe('utf-8');
  const other = new EncodingEvidence();
  other.see(encode('João\n'.repeat(999), 'cp850'));
  expect(other.decision).toBeUndefined();
  other.see(encode('João\n', 'cp850'));
  expect(other.decision).toBe('cp850');
});

test('a line without an end costs no memory and no more than its bytes', () => {
  const evidence = new EncodingEvidence();
  for (let n = 0; n < 200; n += 1) evidence.see(Buffer.alloc(65_536, 'a'));
  evidence.see(latin('Jo\u00e3o'));
  expect(evidence.finish()).toBe('windows-1252');
});

describe('a record of another encoding than its file', () => {
  test.each<readonly [string, Encoding, SingleByteEncoding]>([
    ['João Conceição', 'cp850', 'windows-1252'],
    ['José Antônio', 'cp850', 'windows-1252'],
    ['Márcia', 'cp850', 'windows-1252'],
    ['João Conceição', 'macintosh', 'windows-1252'],
    ['João Conceição', 'utf-8', 'windows-1252'],
    ['José', 'utf-8', 'windows-1252'],
    ['JOÃO CONCEIÇÃO', 'windows-1252', 'cp850'],
    ['João Conceição', 'utf-8', 'cp850'],
  ])('%s in %s is not read in %s', (text, written, encoding) => {
    const bytes = encode(text, written);
    expect(recordText(bytes, { encoding }, 0, bytes.length)).toMatchObject({
      code: 'ENCODING_INVALID',
      message: expect.stringMatching(/^O arquivo foi lido como (Windows-1252|CP850)/) as string,
    });
  });

  test('is read as the uploader says', () => {
    const bytes = encode('JoÆo', 'windows-1252');
    expect(recordText(bytes, { encoding: 'windows-1252', encodingFixed: true }, 0, bytes.length)).toBe('JoÆo');
  });
});

test('marks and foreign names of windows-1252 are no reason to refuse a row', () => {
  for (const text of [
    'Müller & Søn',
    'L’Oréal',
    '“João”',
    'Rio–Niterói',
    'N° 5, 2ª via',
    'Æsir',
    'JOãO',
    'R. Silva…',
  ]) {
    const bytes = encode(text, 'windows-1252');
    expect(recordText(bytes, { encoding: 'windows-1252' }, 0, bytes.length)).toBe(text);
  }
});

test('letters that cp850 and Mac Roman both have leave the rows refused, not guessed', () => {
  const bytes = encode('Gonçalves', 'cp850');
  const encoding = guessEncoding(bytes);
  expect(encoding).toBe('windows-1252');
  expect(recordText(bytes, { encoding }, 0, bytes.length)).toMatchObject({ code: 'ENCODING_INVALID' });
});

const CASE = join(import.meta.dirname, '../../../../../../shared/cases/ms-dos-cp850.csv');

test.runIf(existsSync(CASE))('ms-dos-cp850 is known to be cp850', () => {
  expect(guessEncoding(readFileSync(CASE))).toBe('cp850');
});
