import { parseDocument } from '#tax-ids';

/** What kind of key of the DICT a text is, as the key stands in it; undefined if it is none. */
export type PixKeyKind = 'cpf' | 'cnpj' | 'phone' | 'email' | 'random';

const EMAIL_CHARS_MAX = 77;

const PHONE = /^\+[1-9]\d{7,14}$/;
const RANDOM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** As the DICT writes it: lower case. */
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/**
 * CPF and CNPJ without punctuation, check digits right; a phone with + and country; an e-mail address in lower case; a
 * random key with its hyphens, in lower case (BCB, Manual operacional do DICT).
 */
export function pixKeyKind(key: string): PixKeyKind | undefined {
  if (PHONE.test(key)) return 'phone';
  if (RANDOM.test(key)) return 'random';
  if (key.length <= EMAIL_CHARS_MAX && EMAIL.test(key)) return 'email';
  const document = parseDocument(key);
  return document?.value === key ? document.kind : undefined;
}
