const SPECIAL = /[()\\]/;

/** A PDF string (ISO 32000-1, 7.3.4.2). Each character of `bytes` is a byte, and none is a control. */
export function literalString(bytes: string): string {
  return SPECIAL.test(bytes) ? `(${bytes.replaceAll(/[()\\]/g, String.raw`\$&`)})` : `(${bytes})`;
}

/** The characters that PDFDocEncoding and Latin-1 encode alike. */
const LATIN_1 = /^[ -~¡-¬®-ÿ]*$/;

/** A PDF text string (7.9.2.2) for metadata. Characters that PDFDocEncoding lacks are written in UTF-16. */
export function textString(text: string): string {
  if (LATIN_1.test(text)) return literalString(text);
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}

const FRACTIONS = Array.from({ length: 100 }, (_, hundredths) => (hundredths / 100).toString().slice(1));

/** Prints a non-negative number of hundredths as PDF does: 1250 is 12.5. */
export function decimal(hundredths: number): string {
  const fraction = hundredths % 100;
  return `${((hundredths - fraction) / 100).toString()}${FRACTIONS[fraction] ?? ''}`;
}
