import { createHmac } from 'node:crypto';
import type { Message } from '#contracts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CHARACTERS = 26;

/**
 * The Message-ID of a boleto's e-mail, with its angle brackets. Every attempt uses the same one, so that a mail program
 * recognises a copy. It reveals no internal id: it is 130 bits of an HMAC in base32, which has one case only (RFC 4648,
 * section 6).
 */
export function boletoMessageId(
  { boletoId, kind }: { readonly boletoId: string; readonly kind: Message<'notification.due.v1'>['kind'] },
  { secret, domain }: { readonly secret: string; readonly domain: string },
): string {
  const digest = createHmac('sha256', secret).update(`${kind} ${boletoId}`).digest();
  return `<${base32(digest).slice(0, CHARACTERS)}@${domain}>`;
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    for (; held >= 5; held -= 5) text += BASE32[(bits >> (held - 5)) & 31];
    bits &= (1 << held) - 1;
  }
  return text;
}
