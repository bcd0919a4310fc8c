import { expect, test } from 'vitest';
import { cutForReport, decodeForReport, decodeRecord, RAW_CHARS_MAX } from './encoding.ts';

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
