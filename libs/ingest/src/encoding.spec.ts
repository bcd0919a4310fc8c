import { expect, test } from 'vitest';

import { cutForReport, decodeForReport, decodeRecord, guessEncoding, RAW_CHARS_MAX } from './encoding.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

test('a record is decoded in the encoding of its file', () => {
  expect(decodeRecord(utf8('João €'), 'utf-8')).toBe('João €');
  expect(decodeRecord(latin('Jo\u00e3o \u0080 \u0093x\u0094 \u009f'), 'windows-1252')).toBe('João € “x” Ÿ');
  expect(decodeRecord(latin('a'.repeat(20_000)), 'windows-1252')).toBe('a'.repeat(20_000));
  expect(decodeRecord(utf8('\uFEFFa'), 'utf-8')).toBe('\uFEFFa');
});

test('bytes that do not exist in the encoding make a record unreadable', () => {
  expect(decodeRecord(latin('Jo\u00e3o'), 'utf-8')).toBeUndefined();
  for (const byte of [0x81, 0x8d, 0x8f, 0x90, 0x9d]) {
    expect(decodeRecord(Uint8Array.of(0x61, byte), 'windows-1252')).toBeUndefined();
  }
});

test('a report shows what can be shown, within its limit', () => {
  expect(decodeForReport(latin('Jo\u00e3o'), 'utf-8')).toBe('Jo\uFFFDo');
  expect(decodeForReport(latin('Jo\u00e3o\u0081\0'), 'windows-1252')).toBe('João\uFFFD\uFFFD');
  expect(decodeForReport(utf8('ã'.repeat(5_000)), 'utf-8')).toBe('ã'.repeat(RAW_CHARS_MAX));
  expect(cutForReport('ab😀', 3)).toBe('ab');
  expect(cutForReport('ab😀', 4)).toBe('ab😀');
});

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
  expect(guessEncoding(Uint8Array.of(...bytes, 0x61, 0x61, 0x61))).toBe('windows-1252');
  expect(decodeRecord(Uint8Array.of(...bytes), 'utf-8')).toBeUndefined();
});
