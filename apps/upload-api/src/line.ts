import { z } from 'zod';

/** What fits the boleto's form: more would be cut in print. */
export const NAME_CHARS_MAX = 120;

/** One line: it is printed, and e-mailed. */
export const lineOf = (charsMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .regex(/^\P{Cc}*$/u, 'must be one line');
