import { createHmac } from 'node:crypto';
import type { Message } from '#contracts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CHARACTERS = 26;

/**
 * The Message-ID of a boleto's e-mail, with its angle brackets: the same at every attempt, by which a mail program knows a
 * copy. It tells no id of ours: 130 bits of an HMAC, in letters of either case alike (RFC 4648, 6).
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
