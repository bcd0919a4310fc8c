import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centavos } from '#money';
import { buildDynamicBrCode, buildStaticBrCode, fitReceiver, type BuiltBrCode, type StaticBrCode } from './br-code.ts';
import { crc16 } from './crc16.ts';
import { parseBrCode } from './parse-br-code.ts';
import { pixKeyKind } from './pix-key.ts';
import { checkReceiver, receiverFor } from './receiver.ts';
import { readObjects, writeObject } from './tlv.ts';

interface Vector {
  readonly payload: string;
  readonly valid_crc: boolean;
  readonly kind?: 'static' | 'dynamic';
  readonly tlv?: Readonly<Record<string, string>>;
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/pix.json', import.meta.url), 'utf8'),
) as {
  readonly vectors: readonly Vector[];
};

const KEY = '123e4567-e12b-12d1-a456-426655440000';
const BCB_STATIC = vectors[0]?.payload ?? '';

function payloadOf(built: BuiltBrCode): string {
  if (!built.ok) throw new Error(built.problems.map(({ tag, message }) => `${tag} ${message}`).join('; '));
  return built.payload;
}

function tagsOf(result: BuiltBrCode | ReturnType<typeof parseBrCode>): readonly string[] {
  return result.ok ? [] : result.problems.map(({ tag }) => tag);
}

/** The text with a correct CRC. */
function sealed(body: string): string {
  return `${body}6304${crc16(`${body}6304`)}`;
}

test("the CRC of the standard's example is correct", () => {
  expect(crc16('123456789')).toBe('29B1');
  expect(crc16('')).toBe('FFFF');
});

test.each(vectors.filter((each) => !each.valid_crc))('$payload is refused because of its CRC', ({ payload }) => {
  expect(tagsOf(parseBrCode(payload))).toContain('63');
});

test.each(vectors.filter((each) => each.valid_crc))('$payload is read and built again', ({ payload, kind, tlv }) => {
  const parsed = parseBrCode(payload);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.kind).toBe(kind);
  expect(Object.fromEntries(parsed.objects.map(({ tag, value }) => [tag, value]))).toEqual(tlv);

  const { key = '', url = '', info, amount, name, city, txid } = parsed;
  const built =
    kind === 'static'
      ? buildStaticBrCode({ key, info, amount, name, city, txid })
      : buildDynamicBrCode({ url, amount, name, city });
  expect(payloadOf(built)).toBe(payload);
});

function plainText(max: number) {
  const unit = fc.constantFrom('A', 'B', 'x', 'z', '0', '9', ' ', '.', '-', '&');
  return fc.string({ unit, minLength: 1, maxLength: max }).filter((text) => text.trim() === text && text !== '');
}

describe('building', () => {
  const good: StaticBrCode = { key: KEY, name: 'Fulano de Tal', city: 'BRASILIA' };

  test('building removes accents, because not every reader shows them', () => {
    const parsed = parseBrCode(payloadOf(buildStaticBrCode({ ...good, name: 'João Conceição', city: 'São Paulo' })));
    expect(parsed).toMatchObject({ ok: true, name: 'Joao Conceicao', city: 'Sao Paulo', amount: undefined });
  });

  test('a dynamic BR Code is for a single payment', () => {
    const built = buildDynamicBrCode({ url: 'pix.example.com/qr/v2/1234', name: 'Fulano de Tal', city: 'Brasilia' });
    expect(payloadOf(built)).toBe(vectors[1]?.payload);
    expect(parseBrCode(payloadOf(built))).toMatchObject({ kind: 'dynamic', isSingleUse: true, txid: undefined });
  });

  test.each<[string, Partial<StaticBrCode>, readonly string[]]>([
    ['an invalid key', { key: 'x' }, ['26.01']],
    ['a CPF with punctuation', { key: '529.982.247-25' }, ['26.01']],
    ['a name of 26 characters', { name: 'A'.repeat(26) }, ['59']],
    ['no name', { name: ' ' }, ['59']],
    ['a name of characters that no reader shows', { name: '😀' }, ['59']],
    ['a line break', { city: 'Rio\nde Janeiro' }, ['60']],
    ['a city of 16 characters', { city: 'A'.repeat(16) }, ['60']],
    ['an amount of zero', { amount: centavos(0n) }, ['54']],
    ['an amount of eleven digits of reais', { amount: centavos(1_000_000_000_000n) }, ['54']],
    ['a txid with a hyphen', { txid: 'FAT-1' }, ['62.05']],
    ['a txid of 26 characters', { txid: 'A'.repeat(26) }, ['62.05']],
    ['an info that does not fit beside the key', { info: 'A'.repeat(38) }, ['26.02']],
    ['everything at once', { key: '', name: '', city: '', txid: '' }, ['26.01', '62.05', '59', '60']],
  ])('building with %s is refused with the tag', (_, over, tags) => {
    expect(tagsOf(buildStaticBrCode({ ...good, ...over }))).toEqual(tags);
  });

  test.each(['https://pix.example.com/qr', 'pix.example.com', '', `pix.example.com/${'a'.repeat(62)}`, 'a b/c'])(
    'the URL %j is refused',
    (url) => {
      expect(tagsOf(buildDynamicBrCode({ url, name: 'A', city: 'B' }))).toEqual(['26.25']);
    },
  );

  test('building accepts any name and city once they are made to fit', () => {
    expect(fitReceiver({ name: 'Associação de Moradores do Jardim', city: 'São José do Rio Preto' })).toEqual({
      name: 'Associacao de Moradores d',
      city: 'Sao Jose do Rio',
    });
    expect(fitReceiver({ name: '😀', city: ' Poá\n😀 SP ' })).toEqual({ name: '', city: 'Poa SP' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const { name, city } = fitReceiver({ name: text, city: text });
        return name === '' || city === '' || buildStaticBrCode({ key: KEY, name, city }).ok;
      }),
    );
  });

  test('a faulty receiver is reported with each wrong field once', () => {
    const issuer = { name: 'Escola Exemplo Ltda', city: 'São Paulo' };
    const receiver = receiverFor({ key: KEY, merchantName: 'Colégio' }, issuer);
    expect(receiver).toEqual({ key: KEY, merchantName: 'Colégio', merchantCity: 'Sao Paulo' });
    expect(checkReceiver(receiver)).toEqual([]);
    expect(checkReceiver(receiverFor({ key: '529.982.247-25' }, { name: '😀', city: '' }))).toMatchObject([
      { field: 'key', message: expect.stringContaining('without punctuation') },
      { field: 'merchantName' },
      { field: 'merchantCity' },
    ]);
  });

  test('reading a built BR Code gives back its parts', () => {
    const parts = fc.record({
      key: fc.constantFrom(KEY, '52998224725', '12ABC34501DE35', '+5511999998888', 'fulano@example.com'),
      name: plainText(25),
      city: plainText(15),
      amount: fc.option(fc.bigInt(1n, 999_999_999_999n).map(centavos), { nil: undefined }),
      txid: fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,25}$/), { nil: undefined }),
      info: fc.option(plainText(37), { nil: undefined }),
    });
    fc.assert(
      fc.property(parts, (each) => {
        const payload = payloadOf(buildStaticBrCode(each));
        expect(parseBrCode(payload)).toMatchObject({ ok: true, kind: 'static', isSingleUse: false, ...each });
      }),
    );
  });
});

describe('reading', () => {
  test('reading refuses every single wrong character', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...vectors.filter(({ valid_crc: isValid }) => isValid)),
        fc.nat(),
        fc.constantFrom('0', '1', '2', '5', '9', 'A', 'F', 'a', 'f', ' ', '.', '*', '-', 'é'),
        ({ payload }, position, character) => {
          const at = position % payload.length;
          fc.pre(payload[at] !== character);
          return !parseBrCode(payload.slice(0, at) + character + payload.slice(at + 1)).ok;
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('reading refuses a text that is cut short or continued', () => {
    for (let length = 0; length < BCB_STATIC.length; length += 1) {
      expect(parseBrCode(BCB_STATIC.slice(0, length)).ok).toBe(false);
    }
    for (const more of ['0', '\n', '6304']) expect(parseBrCode(BCB_STATIC + more).ok).toBe(false);
  });

  test('reading reports every wrong tag', () => {
    const body = BCB_STATIC.slice(0, -8);
    const tagsWith = (from: string, to: string): readonly string[] =>
      tagsOf(parseBrCode(sealed(body.replace(from, to))));

    expect(tagsWith('000201', '000202')).toEqual(['00']);
    expect(tagsWith('52040000', '5204000A')).toEqual(['52']);
    expect(tagsWith('5303986', '5303840')).toEqual(['53']);
    expect(tagsWith('5802BR', '5802US')).toEqual(['58']);
    expect(tagsWith('5802BR', '54045,005802BR')).toEqual(['54']);
    expect(tagsWith('5802BR', '')).toEqual(['58']);
    expect(tagsWith('5913Fulano de Tal', `5926${'A'.repeat(26)}`)).toEqual(['59']);
    expect(tagsWith('62070503***', '')).toEqual(['62']);
    expect(tagsWith('62070503***', '62070403***')).toEqual(['62.05']);
    expect(tagsWith('62070503***', '62080504A-11')).toEqual(['62.05']);
    expect(tagsWith('62070503***', '62070509***')).toEqual(['62.05']);
    expect(tagsWith('br.gov.bcb.pix', 'br.gov.bcb.pox')).toEqual(['26']);
    expect(tagsWith('0136123e', '0236123e')).toEqual(['26']);
    expect(tagsWith('5303986', '53039865303986')).toEqual(['53']);
    expect(tagsWith('000201', '000201010213')).toEqual(['01']);
    expect(tagsWith('000201', '010211000201')).toEqual(['00']);
    expect(tagsWith('53039865802BR', '53038405802US')).toEqual(['53', '58']);
  });

  test("reading accepts the arrangement's name in capitals, and Pix in any account template", () => {
    const body = BCB_STATIC.slice(0, -8).replace('26580014br.gov.bcb.pix', '27580014BR.GOV.BCB.PIX');
    expect(parseBrCode(sealed(body))).toMatchObject({ ok: true, key: KEY });
  });

  test('lengths count characters, and the CRC counts bytes', () => {
    const body = BCB_STATIC.slice(0, -8).replace('Fulano de Tal', 'Fuláno de Tál');
    expect(parseBrCode(sealed(body))).toMatchObject({ ok: true, name: 'Fuláno de Tál' });
  });
});

test('data objects are read back as they were written', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 99 })), value, (numbers, text) => {
      const objects = numbers.map((number) => ({ tag: number.toString().padStart(2, '0'), value: text }));
      expect(readObjects(objects.map((each) => writeObject(each.tag, each.value)).join(''))).toEqual(objects);
    }),
  );
});

test.each([
  ['52998224725', 'cpf'],
  ['00000000191', 'cpf'],
  ['12ABC34501DE35', 'cnpj'],
  ['+5511999998888', 'phone'],
  ['fulano.de-tal+pix@example.com', 'email'],
  [KEY, 'random'],
  ['52998224726', undefined],
  ['12abc34501de35', undefined],
  ['11999998888', undefined],
  ['Fulano@example.com', undefined],
  [`${'a'.repeat(70)}@example.com`, undefined],
  [KEY.toUpperCase(), undefined],
  ['', undefined],
])('the key %j is %s', (key, kind) => {
  expect(pixKeyKind(key)).toBe(kind);
});
