/** The punctuation of documents and white space, with the dashes that word processors make of a hyphen. */
const SEPARATOR = /[\s./\u2010-\u2015\u2212\uFE58\uFE63\uFF0D-]/;
const SEPARATORS = new RegExp(SEPARATOR, 'g');

/**
 * A document as it is stored and compared: punctuation (. - /) and white space removed, letters upper-case. Whatever
 * else is in the text stays, so that a wrong document remains recognisable in an error message.
 */
export function normaliseDocument(text: string): string {
  if (/^[0-9A-Z]*$/.test(text)) return text;
  // Only ASCII letters: toUpperCase() would turn a dotless i into an I that is valid in a CNPJ.
  return text.replaceAll(SEPARATORS, '').replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * Whether separators stand only behind as many characters as `places` says, which is where a document has them. A text
 * whose only separator is a point is refused everywhere: it is a number with decimals, and its digits together are the
 * document of another person.
 */
export function isPunctuated(text: string, places: readonly number[]): boolean {
  let characters = 0;
  let separators = '';
  for (const character of text.trim()) {
    if (!SEPARATOR.test(character)) characters += 1;
    else if (!places.includes(characters)) return false;
    else separators += character;
  }
  return separators !== '.';
}

/** Nobody's document, although the check digits of some are right: 111.111.111-11. */
export function isRepeated(value: string): boolean {
  return /^(.)\1+$/.test(value);
}
