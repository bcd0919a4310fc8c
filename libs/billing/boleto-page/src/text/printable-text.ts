/** Longer text is cut here: no box of the page holds more, and measuring is then bounded. */
const CHARACTERS_MAX = 2_000;

/** What stands for a character the page's fonts do not have. Visible, so that nobody takes the text for complete. */
const REPLACEMENT = '?';

/** WinAnsi (Windows-1252) beyond Latin-1: bytes 0x80 to 0x9f, PDF 32000-1 annex D. */
const WINDOWS_1252 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** Letters and signs that Unicode does not decompose, though every reader knows what they stand for. */
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

/** Bidi and zero-width controls, joiners, soft hyphens, variation selectors, emoji skin tones, stray accents: no ink. */
const INKLESS = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\u{1F3FB}-\u{1F3FF}]/u;

function inWinAnsi(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) || (code >= 0xa1 && code <= 0xff && code !== 0xad) || WINDOWS_1252.has(character)
  );
}

/** ş → s, № → No, Ａ → A: the compatibility form without its accents, if WinAnsi has that. */
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

/** What most names are: Latin-1 letters and signs with single spaces between them, which nothing below would change. */
const PLAIN = /^[!-~¡-¬®-ÿ]+(?: [!-~¡-¬®-ÿ]+)*$/;

/**
 * The text as the page's fonts (WinAnsiEncoding) can print it, on one line: accents composed, white space collapsed,
 * control and invisible characters removed, other letters brought to their Latin base, and a visible `?` for whatever
 * remains. Never throws, whatever it is given; one character of the result is one byte on the page.
 */
export function printableText(text: string): string {
  if (text.length <= CHARACTERS_MAX && PLAIN.test(text)) return text;
  const composed = text.slice(0, CHARACTERS_MAX).normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
  return Array.from(composed, print).join('').replaceAll(/ {2,}/g, ' ').trim();
}

/** Whether the page's fonts can print the text to the last character, spaces as they are. */
export function isPrintable(text: string): boolean {
  return Array.from(text).every(inWinAnsi);
}

/** The characters of the bytes from 0x80 that are not Latin-1's; a space where Windows-1252 has nothing. */
const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const HIGH_FIRST = 0x80;
const BYTES: ReadonlyMap<string, string> = new Map(
  Array.from(HIGH, (character, index) => [character, String.fromCodePoint(HIGH_FIRST + index)]),
);
const BEYOND_LATIN_1 = /[^\0-ÿ]/u;

/** Printable text as the bytes of WinAnsiEncoding, one character each (of which the code is the byte). */
export function winAnsiBytes(text: string): string {
  if (!BEYOND_LATIN_1.test(text)) return text;
  return Array.from(text, (character) => (character <= 'ÿ' ? character : (BYTES.get(character) ?? REPLACEMENT))).join(
    '',
  );
}

/** What a byte of WinAnsiEncoding stands for. */
export function characterOf(byte: number): string {
  return HIGH[byte - HIGH_FIRST] ?? String.fromCodePoint(byte);
}
