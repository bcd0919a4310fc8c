import { oneLine } from '#contracts/http';

/** What fits the boleto's form: more would be cut in print. */
export const NAME_CHARS_MAX = 120;

/** One line: it is printed, and e-mailed. */
export const lineOf = (charsMax: number) => oneLine().trim().min(1).max(charsMax);
