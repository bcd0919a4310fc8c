import { dictionary } from '@zxcvbn-ts/language-common';

const CHARACTERS_MIN = 12;
const CHARACTERS_MAX = 128;
/** A shorter word of a name stands in many good passwords by chance. */
const WORD_CHARACTERS_MIN = 4;

const PRODUCT_WORDS = ['smartbilling', 'smart billing', 'smart-billing'];

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'guessable';

let common: ReadonlySet<string> | undefined;

/** Built at the first question: 49,233 words that most processes never ask for. */
function isCommon(text: string): boolean {
  common ??= new Set(dictionary['passwords-common']);
  return common.has(text);
}

/**
 * Why a password is refused; undefined for one that may be used. Any characters are taken, from 12 to 128 of them.
 * `context` has texts that a stranger knows: the e-mail address, the name, the organization.
 */
export function passwordFault(password: string, context: readonly string[]): PasswordFault | undefined {
  const { length } = Array.from(password);
  if (length < CHARACTERS_MIN) return 'too_short';
  if (length > CHARACTERS_MAX) return 'too_long';
  const folded = password.toLowerCase();
  if (isCommon(folded) || new Set(folded).size <= 2) return 'common';
  const words = [...PRODUCT_WORDS, ...context.flatMap(wordsOf)];
  return words.some((word) => folded.includes(word)) ? 'guessable' : undefined;
}

/** The whole text and its parts between signs and spaces, in lower case. */
function wordsOf(text: string): readonly string[] {
  const folded = text.toLowerCase().trim();
  return [folded, ...folded.split(/[^\p{L}\p{N}]/u)].filter((word) => Array.from(word).length >= WORD_CHARACTERS_MIN);
}
