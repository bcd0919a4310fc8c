/** Words, in capitals, that spreadsheets and programs write where a value is missing or wrong. */
const ERROR_WORDS: ReadonlySet<string> = new Set(
  (
    '#N/A|#NA|#N/D|N/A|N/D|<NA>|#REF!|#REF|#VALUE!|#VALOR!|#NAME?|#NOME?|#NULL!|#NULO!|#NUM!|#NÚM!|#DIV/0!|' +
    '#SPILL!|#DESPEJAR!|#CALC!|#CÁLC!|#GETTING_DATA|#OBTENDO_DADOS|#FIELD!|#CAMPO!|#ERROR!|#ERRO!|#BLOCKED!|' +
    '#CONNECT!|NULL|(NULL)|NAN|-NAN|NAT|NONE|UNDEFINED|[OBJECT OBJECT]'
  ).split('|'),
);
/** No longer than this is any of them. */
export const ERROR_WORD_CHARS_MAX = 15;

/** Columns that are too narrow are copied as such. */
const FILL = /^(?:#{2,}|[\s\u2010-\u2015\u2212-]+)$/;

/** A number of which only some digits are left: 2,02611E+11 or 1.5e15, but not 1E5, which people write. */
const SCIENTIFIC_NOTATION = /^[+-]?\d(?:[.,]\d{1,20}E[+-]?|E[+-])\d{1,3}$/i;
/** No longer than this is any of them. */
export const SCIENTIFIC_CHARS_MAX = 28;

/** True if the text, trimmed, is what programs write in place of a value: #N/D, #REF!, NULL, nan, dashes, #####. */
export function isErrorWord(text: string): boolean {
  return (text.length <= ERROR_WORD_CHARS_MAX && ERROR_WORDS.has(text.toUpperCase())) || FILL.test(text);
}

/** True if the text, trimmed, is a number that a spreadsheet shortened: many different ids look like this one. */
export function isScientificNotation(text: string): boolean {
  return text.length <= SCIENTIFIC_CHARS_MAX && SCIENTIFIC_NOTATION.test(text);
}
