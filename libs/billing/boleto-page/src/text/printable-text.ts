/** Longer text is cut here. No box of the page holds more, and the limit bounds the time of measuring. */
const CHARACTERS_MAX = 2_000;

/** Replaces a character that the page's fonts lack. It is visible, so that no reader takes the text for complete. */
const REPLACEMENT = '?';

/** WinAnsi (Windows-1252) beyond Latin-1: bytes 0x80 to 0x9f, PDF 32000-1 annex D. */
const WINDOWS_1252 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** Letters and signs that Unicode does not decompose, although every reader knows their plain form. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  Ŧ: 'T',
  ŧ: 't',
  ı: 'i',
  Ŋ: 'N',
  ŋ: 'n',
  ə: 'e',
  ẞ: 'SS',
  '‐': '-',
  '‒': '-',
  '―': '—',
  '−': '-',
  '⁃': '-',
  '‛': '‘',
  '‟': '“',
  '′': "'",
  '″': '"',
  ʹ: "'",
  ʻ: '‘',
  ʼ: '’',
  '⁄': '/',
  '∕': '/',
  '∙': '·',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
};

/**
 * Characters without ink: bidi and zero-width controls, joiners, soft hyphens, variation selectors, emoji skin tones,
 * stray accents.
 */
const INKLESS = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\u{1F3FB}-\u{1F3FF}]/u;

function inWinAnsi(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) || (code >= 0xa1 && code <= 0xff && code !== 0xad) || WINDOWS_1252.has(character)
  );
}

/** The compatibility form without its accents, if WinAnsi has it: ş → s, № → No, Ａ → A. */
function simplified(character: string): string | undefined {
  const plain = Array.from(character.normalize('NFKD'), (part) => LOOKALIKES[part] ?? part)
    .join('')
    .replaceAll(/\p{Mn}/gu, '');
  return plain !== '' && Array.from(plain).every(inWinAnsi) ? plain : undefined;
}

function print(character: string): string {
  if (inWinAnsi(character)) return character;
  if (INKLESS.test(character)) return '';
  return simplified(character) ?? REPLACEMENT;
}

/**
 * The form of most names: Latin-1 letters and signs with single spaces between them. The steps below would not change
 * it.
 */
const PLAIN = /^[!-~¡-¬®-ÿ]+(?: [!-~¡-¬®-ÿ]+)*$/;

/**
 * Converts text to one line that the page's fonts (WinAnsiEncoding) can print. Accents are composed, white space is
 * collapsed, and control and invisible characters are removed. Other letters become their Latin base, and any other
 * character a visible `?`. Never throws. One character of the result is one byte on the page.
 */
export function printableText(text: string): string {
  if (text.length <= CHARACTERS_MAX && PLAIN.test(text)) return text;
  const composed = text.slice(0, CHARACTERS_MAX).normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
  return Array.from(composed, print).join('').replaceAll(/ {2,}/g, ' ').trim();
}

/** True if the page's fonts can print every character of the text, with its spaces unchanged. */
export function isPrintable(text: string): boolean {
  return Array.from(text).every(inWinAnsi);
}

/** The characters of bytes from 0x80 that differ from Latin-1; a space for each unassigned byte of Windows-1252. */
const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const HIGH_FIRST = 0x80;
const BYTES: ReadonlyMap<string, string> = new Map(
  Array.from(HIGH, (character, index) => [character, String.fromCodePoint(HIGH_FIRST + index)]),
);
const BEYOND_LATIN_1 = /[^\0-ÿ]/u;

/** Converts printable text to the bytes of WinAnsiEncoding. Each character of the result has the byte as its code. */
export function winAnsiBytes(text: string): string {
  if (!BEYOND_LATIN_1.test(text)) return text;
  return Array.from(text, (character) => (character <= 'ÿ' ? character : (BYTES.get(character) ?? REPLACEMENT))).join(
    '',
  );
}

/** The character that a byte of WinAnsiEncoding encodes. */
export function characterOf(byte: number): string {
  return HIGH[byte - HIGH_FIRST] ?? String.fromCodePoint(byte);
}
