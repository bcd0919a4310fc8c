import { parseDocument } from '#tax-ids';

/** The kinds of keys in the DICT. */
export type PixKeyKind = 'cpf' | 'cnpj' | 'phone' | 'email' | 'random';

const EMAIL_CHARS_MAX = 77;

const PHONE = /^\+[1-9]\d{7,14}$/;
const RANDOM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Lower case, as in the DICT. */
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/**
 * The kind of a DICT key, given as it is registered there; undefined if the text is not a key. CPF and CNPJ have no
 * punctuation and correct check digits. A phone has + and the country. An e-mail address and a random key with its
 * hyphens are in lower case (BCB, Manual operacional do DICT).
 */
export function pixKeyKind(key: string): PixKeyKind | undefined {
  if (PHONE.test(key)) return 'phone';
  if (RANDOM.test(key)) return 'random';
  if (key.length <= EMAIL_CHARS_MAX && EMAIL.test(key)) return 'email';
  const document = parseDocument(key);
  return document?.value === key ? document.kind : undefined;
}
