import type { Encoding } from '../dialect/dialect.ts';

/** The encodings of one byte a character: what Excel writes as CSV on Windows, as CSV (MS-DOS), as CSV (Macintosh). */
export type SingleByteEncoding = Exclude<Encoding, 'utf-8'>;

/** In this order: of two that say the same, the first is believed. */
export const SINGLE_BYTE_ENCODINGS: readonly SingleByteEncoding[] = ['windows-1252', 'cp850', 'macintosh'];

export const REPLACEMENT = '\uFFFD';

/**
 * Meanings of the bytes 0x80 to 0xff. A table is used instead of TextDecoder, because TextDecoder does not know cp850,
 * and some Node releases read windows-1252 as ISO-8859-1. The five bytes that windows-1252 leaves undefined are U+FFFD.
 */
const HIGH_CHARACTERS: Readonly<Record<SingleByteEncoding, string>> = {
  'windows-1252':
    '€\uFFFD‚ƒ„…†‡\u02C6‰Š‹Œ\uFFFDŽ\uFFFD' +
    '\uFFFD‘’“”•–—\u02DC™š›œ\uFFFDžŸ' +
    '\u00A0¡¢£¤¥¦§¨©ª«¬\u00AD®¯' +
    '°±²³´µ¶·¸¹º»¼½¾¿' +
    'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ' +
    'ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß' +
    'àáâãäåæçèéêëìíîï' +
    'ðñòóôõö÷øùúûüýþÿ',
  cp850:
    'ÇüéâäàåçêëèïîìÄÅ' +
    'ÉæÆôöòûùÿÖÜø£Ø×ƒ' +
    'áíóúñÑªº¿®¬½¼¡«»' +
    '░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤' +
    'ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀' +
    'ÓßÔÒõÕµþÞÚÛÙýÝ¯´' +
    '\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0',
  macintosh:
    'ÄÅÇÉÑÖÜáàâäãåçéè' +
    'êëíìîïñóòôöõúùûü' +
    '†°¢£§•¶ß®©™´¨≠ÆØ' +
    '∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
    '¿¡¬√ƒ≈∆«»…\u00A0ÀÃÕŒœ' +
    '–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ' +
    '‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ' +
    '\uF8FFÒÚÛÙı\u02C6\u02DC¯\u02D8\u02D9\u02DA¸\u02DD\u02DB\u02C7',
};

/** The character that a byte from 0x80 on means. */
export function highCharacter(encoding: SingleByteEncoding, byte: number): string {
  return HIGH_CHARACTERS[encoding][byte - 0x80] ?? REPLACEMENT;
}

function codesOf(encoding: SingleByteEncoding): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) =>
    byte < 0x80 ? byte : highCharacter(encoding, byte).charCodeAt(0),
  );
}

const CODES: Readonly<Record<SingleByteEncoding, Uint16Array>> = {
  'windows-1252': codesOf('windows-1252'),
  cp850: codesOf('cp850'),
  macintosh: codesOf('macintosh'),
};

/** A number of arguments that String.fromCharCode accepts safely. */
const BLOCK = 8_192;

/** The text of the bytes, with U+FFFD for those that are undefined. */
export function decodeSingleBytes(bytes: Uint8Array, encoding: SingleByteEncoding): string {
  const codes = CODES[encoding];
  let text = '';
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = Uint16Array.from(bytes.subarray(at, at + BLOCK), (byte) => codes[byte] ?? 0xfffd);
    text += String.fromCharCode(...block);
  }
  return text;
}
