import { buildStaticBrCode, fitReceiver, TAG } from './br-code.ts';

/** Who receives what is paid by the static BR Codes of an issuer. */
export interface PixReceiver {
  /** As it stands in the DICT: see pixKeyKind. */
  readonly key: string;
  /** Up to 25 characters; accents are removed. */
  readonly merchantName: string;
  /** Up to 15 characters; accents are removed. */
  readonly merchantCity: string;
}

/** One thing wrong with one field of a receiver. */
export interface ReceiverProblem {
  readonly field: keyof PixReceiver;
  readonly message: string;
}

/** A receiver of whom perhaps only the key was given; name and city are then the issuer's, as far as there is room. */
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

/** What keeps BR Codes from being built for the receiver, one problem a field; [] if nothing does. */
export function checkReceiver({ key, merchantName, merchantCity }: PixReceiver): readonly ReceiverProblem[] {
  const built = buildStaticBrCode({ key, name: merchantName, city: merchantCity });
  return built.ok ? [] : built.problems.map(({ tag, message }) => problemOf(tag, message));
}

function problemOf(tag: string, message: string): ReceiverProblem {
  if (tag === TAG.name) return { field: 'merchantName', message };
  if (tag === TAG.city) return { field: 'merchantCity', message };
  return { field: 'key', message: KEY_MESSAGE };
}
