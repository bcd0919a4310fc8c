/** The punctuation of documents, white space, and the dashes that word processors make of a hyphen. */
const SEPARATOR = /[\s./\u2010-\u2015\u2212\uFE58\uFE63\uFF0D-]/;
const SEPARATORS = new RegExp(SEPARATOR, 'g');

/**
 * The form in which a document is stored and compared: without punctuation (. - /) and white space, letters in upper
 * case. All other characters stay, so that a wrong document remains recognisable in an error message.
 */
export function normaliseDocument(text: string): string {
  if (/^[0-9A-Z]*$/.test(text)) return text;
  // Only ASCII letters, because toUpperCase() would turn a dotless i into an I that is valid in a CNPJ.
  return text.replaceAll(SEPARATORS, '').replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * True if every separator follows as many characters as one of the `places`, where a document has its separators. A
 * text whose only separator is a point is always refused: it is a number with decimals, and its digits together are the
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

/**
 * True for repeated digits such as 111.111.111-11. They belong to no person, although some have correct check digits.
 */
export function isRepeated(value: string): boolean {
  return /^(.)\1+$/.test(value);
}
