import { buildStaticBrCode, fitReceiver, TAG } from './br-code.ts';

/** The receiver of payments by the static BR Codes of an issuer. */
export interface PixReceiver {
  /** The key as it is registered in the DICT: see pixKeyKind. */
  readonly key: string;
  /** Up to 25 characters. Accents are removed. */
  readonly merchantName: string;
  /** Up to 15 characters. Accents are removed. */
  readonly merchantCity: string;
}

/** One fault of one field of a receiver. */
export interface ReceiverProblem {
  readonly field: keyof PixReceiver;
  readonly message: string;
}

/** A complete receiver. If name and city are missing, the issuer's are used as far as there is space. */
export function receiverFor(
  given: { readonly key: string } & { readonly [field in keyof PixReceiver]?: string | undefined },
  issuer: { readonly name: string; readonly city: string },
): PixReceiver {
  const { name, city } = fitReceiver(issuer);
  return { key: given.key, merchantName: given.merchantName ?? name, merchantCity: given.merchantCity ?? city };
}

const KEY_MESSAGE =
  'must be a Pix key as it was registered: CPF or CNPJ without punctuation, +5511999998888, an e-mail in lower case, ' +
  'or a random key in lower case';

/** The faults that prevent BR Codes for the receiver, one problem per field; [] if there is none. */
export function checkReceiver({ key, merchantName, merchantCity }: PixReceiver): readonly ReceiverProblem[] {
  const built = buildStaticBrCode({ key, name: merchantName, city: merchantCity });
  return built.ok ? [] : built.problems.map(({ tag, message }) => problemOf(tag, message));
}

function problemOf(tag: string, message: string): ReceiverProblem {
  if (tag === TAG.name) return { field: 'merchantName', message };
  if (tag === TAG.city) return { field: 'merchantCity', message };
  return { field: 'key', message: KEY_MESSAGE };
}
