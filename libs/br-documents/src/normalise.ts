/**
 * A document as it is stored and compared: punctuation (. - /) and white space removed, letters upper-case. Whatever
 * else is in the text stays, so that a wrong document remains recognisable in an error message.
 */
export function normaliseDocument(text: string): string {
  if (/^[0-9A-Z]*$/.test(text)) return text;
  // Only ASCII letters: toUpperCase() would turn a dotless i into an I that is valid in a CNPJ.
  return text.replaceAll(/[\s./-]/g, '').replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Nobody's document, although the check digits of some are right: 111.111.111-11. */
export function isRepeated(value: string): boolean {
  return /^(.)\1+$/.test(value);
}
