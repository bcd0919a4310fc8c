import { expect, test } from 'vitest';
import { boletoMessageId } from './boleto-message-id.ts';

const boletoId = '0193a5c8-7f1e-7abc-8def-0123456789ab';
const settings = { secret: 'not a secret', domain: 'mail.example.com' };

test('a Message-ID is 26 base32 characters, reveals no id and never changes (F8)', () => {
  const id = boletoMessageId({ boletoId, kind: 'boleto_issued' }, settings);

  expect(id).toMatch(/^<[a-z2-7]{26}@mail\.example\.com>$/);
  expect(id).not.toContain(boletoId.slice(0, 8));
  expect(boletoMessageId({ boletoId, kind: 'boleto_issued' }, settings)).toBe(id);
});

test('the Message-ID differs for each boleto and for each secret', () => {
  const ids = [
    boletoMessageId({ boletoId, kind: 'boleto_issued' }, settings),
    boletoMessageId({ boletoId: boletoId.replace('0193', '0194'), kind: 'boleto_issued' }, settings),
    boletoMessageId({ boletoId, kind: 'boleto_issued' }, { ...settings, secret: 'another' }),
  ];

  expect(new Set(ids).size).toBe(3);
});

test('the Message-ID is the base32 of the HMAC, as openssl computes it', () => {
  // printf 'boleto_issued 0193a5c8-7f1e-7abc-8def-0123456789ab' |
  //   openssl dgst -sha256 -hmac 'not a secret' -binary | base32
  expect(boletoMessageId({ boletoId, kind: 'boleto_issued' }, settings)).toBe(
    '<73oohck2b66nfz2e6iymaljjhz@mail.example.com>',
  );
});
