import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskEmail, maskForReader, maskText, maskValue } from './mask.ts';

/** Personal data in every form seen so far, and its masked form in a log. No entry belongs to a real person. */
const PERSONAL: readonly (readonly [what: string, text: string, masked: string])[] = [
  ['CPF, as printed', 'cpf 529.982.247-25 refused', 'cpf [cpf] refused'],
  ['CPF, bare', 'document=52998224725', 'document=[cpf]'],
  ['CPF, glued to a word', 'cpf52998224725', 'cpf[cpf]'],
  ['CPF, only the dash', '529982247-25', '[cpf]'],
  ['CPF, with spaces', '529 982 247 25', '[cpf]'],
  ['CPF, wrong check digits', '111.111.111-12', '[cpf]'],
  ['CNPJ, as printed', '11.222.333/0001-81', '[cnpj]'],
  ['CNPJ, bare', '11222333000181', '[cnpj]'],
  ['CNPJ, slash and dash only', '11222333/0001-81', '[cnpj]'],
  ['CNPJ, with spaces', '11 222 333 0001 81', '[cnpj]'],
  ['alphanumeric CNPJ, as printed', 'de 12.ABC.345/01DE-35.', 'de [cnpj].'],
  ['alphanumeric CNPJ, bare', '12ABC34501DE35', '[cnpj]'],
  ['alphanumeric CNPJ, lower case', '12abc34501de35', '[cnpj]'],
  ['e-mail', 'to maria.silva+boleto@example.com.br now', 'to [email]@example.com.br now'],
  ['e-mail in angle brackets', 'Maria <maria@example.com>', 'Maria <[email]@example.com>'],
  ['e-mail, accents', 'joão@açaí.com.br', '[email]@açaí.com.br'],
  ['e-mail in a JSON text', '{"email":"a_b@c.io"}', '{"email":"[email]@c.io"}'],
  ['e-mail, CPF as local part', '52998224725@example.com', '[email]@example.com'],
  ['linha digitável, as printed', '00190.00009 01234.567004 00000.000176 1 99990000010000', '[linha-digitavel]'],
  ['linha digitável, bare', '00190000090123456700400000000176199990000010000', '[linha-digitavel]'],
  ['linha digitável of a utility', '83620000000-5 66780048100-0 18097565731-4 00158963608-1', '[linha-digitavel]'],
  ['barcode', '00191999900000100000000001234567000000000017', '[codigo-barras]'],
  [
    'PIX copia e cola',
    'pay 00020126580014br.gov.bcb.pix0136123e4567-e12b-12d3-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D today',
    'pay [pix] today',
  ],
  ['PIX key, telephone', 'key +5511987654321', 'key [phone]'],
  ['telephone', '+55 (11) 98765-4321', '[phone]'],
  ['credentials of a URL', 'amqp://app:hunter2@broker:5672/billing', 'amqp://[credentials]@broker:5672/billing'],
  [
    'the row that a database quotes',
    'Key (document)=(52998224725) already exists.',
    'Key (document)=([cpf]) already exists.',
  ],
  ['a folder that looks like a local part', 'home/@maria a@b.co', 'home/@maria [email]@b.co'],
  ['two at once', '52998224725;a@b.co;11222333000181', '[cpf];[email]@b.co;[cnpj]'],
];

const HARMLESS: readonly string[] = [
  '0190b5c6-8d7e-7abc-8def-012345678901',
  '01234567-8901-4234-8567-890123456789',
  '12345678901234567890123456789abc',
  '2026-12-31T23:59:59.999Z',
  'took 12345 ms, 1048576 bytes, 1735689599999 epoch ms',
  '127.0.0.1:56789 10.100.200.30 192.168.100.12',
  'chunk-validator.chunks.retry.30s',
  'R$ 1.234.567,89',
  'nosso número 1234567890',
  'TRANSACTIONS01 chunkvalidator',
  'at file:///app/node_modules/@nestjs/core/injector.js:12:3',
  'at /app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:1:2 (node_modules/@fastify/busboy)',
  '<0190b5c6-8d7e-7abc-8def-012345678901@billing.example.com>',
  '<boleto-issued.0190b5c6-8d7e-7abc-8def-012345678901@billing.example.com>',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'at Object.<anonymous> (file:///app/dist/apps/notifier/src/main.js:12:34)',
];

describe('maskText', () => {
  test.each(PERSONAL)('maskText masks %s', (_what, text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test.each(HARMLESS)('maskText keeps %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  test('masking twice changes nothing more', () => {
    for (const [, text] of PERSONAL) expect(maskText(maskText(text))).toBe(maskText(text));
  });

  test('maskText keeps every UUID, whatever its digits', () => {
    fc.assert(fc.property(fc.uuid(), (id) => maskText(`batch ${id} done`) === `batch ${id} done`));
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}-\d{4}-\d{4}-\d{4}-\d{12}$/), (digits) => maskText(digits) === digits),
    );
  });

  test('maskText keeps every hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const sha256 = `a${Buffer.from(bytes).toString('hex').slice(1)}`;
        return maskText(sha256) === sha256;
      }),
    );
  });

  test('eleven or fourteen digits are masked everywhere outside a hexadecimal id', () => {
    const around = fc.stringMatching(/^[g-z ,;:="'(){}<>[\]_-]{0,12}$/);
    fc.assert(
      fc.property(around, fc.stringMatching(/^(\d{11}|\d{14})$/), around, (before, digits, after) => {
        return !maskText(`${before}${digits}${after}`).includes(digits);
      }),
    );
  });

  test('a long text without a match is read once, not once per character', () => {
    const texts = ['a'.repeat(200_000), '.'.repeat(200_000), '1'.repeat(200_000), '000201'.repeat(30_000)];

    expect(texts.map((text) => maskText(text).length > 0)).toEqual([true, true, true, true]);
  });
});

describe('maskValue', () => {
  test('maskValue masks strings at any depth, in keys, arrays, maps and sets', () => {
    const value = {
      a: { b: [{ c: 'cpf 52998224725' }] },
      'a@b.co': 1,
      list: ['x@y.org', 7],
      map: new Map([['k', '11222333000181']]),
      set: new Set(['529.982.247-25']),
    };

    expect(maskValue(value)).toEqual({
      a: { b: [{ c: 'cpf [cpf]' }] },
      '[email]@b.co': 1,
      list: ['[email]@y.org', 7],
      map: { k: '[cnpj]' },
      set: ['[cpf]'],
    });
  });

  test('maskValue hides fields with a personal name, whatever their value', () => {
    const value = { governmentId: '1234', government_id: 5678, email: 'not-an-address', password: 'x', raw: 'a;b;c' };

    expect(Object.values(maskValue(value) as object)).toEqual(Array.from({ length: 5 }, () => '[hidden]'));
  });

  test('maskValue keeps numbers, counts, flags and dates', () => {
    const at = new Date('2026-01-31T12:00:00Z');
    const value = {
      bytes: 12345678901,
      durationMs: 12345678901234,
      emails: 3,
      email: true,
      nothing: null,
      big: 10n,
      at,
    };

    expect(maskValue(value)).toEqual({ ...value, big: '10', at: '2026-01-31T12:00:00.000Z' });
  });

  test('an error becomes its ECS fields, masked and with its causes', () => {
    const cause = Object.assign(new Error('Key (document)=(52998224725) already exists.'), { code: '23505' });
    const error = new TypeError('row of a@b.co failed', { cause });

    const fields = maskValue({ error }) as { error: Record<string, string> };

    expect(fields.error).toMatchObject({ type: 'TypeError', message: 'row of [email]@b.co failed' });
    expect(fields.error['stack_trace']).toContain('Caused by: Error: Key (document)=([cpf]) already exists.');
    expect(JSON.stringify(fields)).not.toMatch(/52998224725|a@b/);
    expect(maskValue(cause)).toMatchObject({ code: '23505' });
  });

  test('the error of a connection to several addresses gives the reason', () => {
    const error = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);

    expect(maskValue(error)).toMatchObject({ message: 'refused by ::1; refused by 127.0.0.1' });
  });

  test('maskValue stops at circular references, at the depth limit and at bytes', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => ({ inner }), 'end');

    expect(maskValue(circle)).toEqual({ name: 'circle', self: '[circular]' });
    expect(JSON.stringify(maskValue(deep))).toContain('[too deep]');
    expect(maskValue({ body: randomBytes(3) })).toEqual({ body: '[3 bytes]' });
  });

  test('readers that may not see a person still tell two apart', () => {
    expect(maskForReader('Maria;529.982.247-25;maria@example.com;11.222.333/0001-81')).toBe(
      'Maria;***.982.247-**;m***@example.com;**.222.333/****-**',
    );
    expect(maskForReader('batch 0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e')).toContain('3f4a5b6c7d8e');
    expect([maskEmail('maria@example.com'), maskEmail('no address'), maskEmail('@x'), maskEmail('')]).toEqual([
      'm***@example.com',
      '***',
      '***',
      '***',
    ]);
  });

  test('maskValue never changes its argument', () => {
    const value = Object.freeze({ list: Object.freeze(['a@b.co']) });

    maskValue(value);

    expect(value).toEqual({ list: ['a@b.co'] });
  });
});
