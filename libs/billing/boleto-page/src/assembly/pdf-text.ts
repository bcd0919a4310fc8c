const SPECIAL = /[()\\]/;

/** A PDF string (ISO 32000-1, 7.3.4.2); each character is a byte, none a control. */
export function literalString(bytes: string): string {
  return SPECIAL.test(bytes) ? `(${bytes.replaceAll(/[()\\]/g, String.raw`\$&`)})` : `(${bytes})`;
}

/** PDFDocEncoding has these where Latin-1 has them; the rest of it has other places. */
const LATIN_1 = /^[ -~¡-¬®-ÿ]*$/;

/** A PDF text string (7.9.2.2): for metadata, where UTF-16 serves what PDFDocEncoding does not have. */
export function textString(text: string): string {
  if (LATIN_1.test(text)) return literalString(text);
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}

const FRACTIONS = Array.from({ length: 100 }, (_, hundredths) => (hundredths / 100).toString().slice(1));

/** A number of hundredths, not negative, as PDF writes it: 1250 is 12.5. */
export function decimal(hundredths: number): string {
  const fraction = hundredths % 100;
  return `${((hundredths - fraction) / 100).toString()}${FRACTIONS[fraction] ?? ''}`;
}
