import { inflateSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatLinhaDigitavel } from '#boleto';
import { centavos } from '#money';

import { contentMarks } from './content.ts';
import { formMarks } from './form.ts';
import { itfBars } from './itf.ts';
import { POINTS_PER_MM, type Measure } from './mark.ts';
import { renderBoleto } from './render-boleto.ts';
import { calendarDate, decodeWindows1252, SAMPLE_ACCOUNTS, sampleDocument } from './sample-document.ts';

const PAGE_HEIGHT = 297;

interface Painted {
  /** Lines of text in the order in which they are painted. */
  readonly texts: readonly string[];
  /** Filled boxes in mm from the top left corner. */
  readonly boxes: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** The page's only content stream, read without the library that wrote it. */
function painted(pdf: Uint8Array): Painted {
  const file = Buffer.from(pdf).toString('latin1');
  const stream = /stream\n([\s\S]*?)\nendstream/.exec(file)?.[1] ?? '';
  const operators = inflateSync(Buffer.from(stream, 'latin1')).toString('latin1').split('\n');
  const texts = operators
    .filter((operator) => operator.endsWith('TJ'))
    .map((operator) => Array.from(operator.matchAll(/<([0-9a-f]*)>/g), ([, hex]) => hex ?? '').join(''))
    .map((hex) => decodeWindows1252(Buffer.from(hex, 'hex')));
  const boxes = operators
    .filter((operator) => operator.endsWith(' re'))
    .map((operator) => operator.split(' ', 4).map((points) => Number(points) / POINTS_PER_MM))
    .map(([x = 0, y = 0, width = 0, height = 0]) => ({ x, y, width, height }));
  return { texts, boxes };
}

const barsOf = ({ boxes }: Painted) => boxes.filter(({ height }) => Math.abs(height - 13) < 0.01);

const idOf = (pdf: Uint8Array) => /\/ID \[<([0-9a-f]+)>/.exec(Buffer.from(pdf).toString('latin1'))?.[1];

/** Wider than any letter of the fonts. */
const wide: Measure = (_face, size, text) => (text.length * size) / POINTS_PER_MM;

describe('renderBoleto', () => {
  test('the same boleto gives the same bytes', async () => {
    expect(await renderBoleto(sampleDocument())).toEqual(await renderBoleto(sampleDocument()));
  });

  test('two boletos that differ only in their number have different file ids', async () => {
    const { composed } = sampleDocument({ dueDate: calendarDate('2027-01-01') });
    const one = idOf(await renderBoleto(sampleDocument()));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf(await renderBoleto(sampleDocument({ composed })))).not.toBe(one);
  });

  test('a page is at most 8 kB', async () => {
    expect((await renderBoleto(sampleDocument())).byteLength).toBeLessThanOrEqual(8_192);
  });

  test('title, language and date are the boleto’s', async () => {
    const file = Buffer.from(await renderBoleto(sampleDocument())).toString('latin1');
    expect(file).toContain('(Boleto 8291)');
    expect(file).toContain('/Lang (pt-BR)');
    expect(file).toContain('(D:20261121000000Z)');
  });

  test.each(SAMPLE_ACCOUNTS)('bank $bankCode: the bars are the código de barras, 103 × 13 mm', async (account) => {
    const boleto = sampleDocument({}, account);
    const bars = barsOf(painted(await renderBoleto(boleto)));
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no bars');

    const expected = itfBars(boleto.composed.codigoBarras);
    const modules = bars.map(({ x, width }) => ({
      at: Math.round((x - first.x) / 0.254),
      width: Math.round(width / 0.254),
    }));
    expect(modules).toEqual(expected);
    expect(Math.abs(last.x + last.width - first.x - 103)).toBeLessThanOrEqual(0.5);
    expect(PAGE_HEIGHT - (first.y + first.height / 2)).toBeGreaterThanOrEqual(12);
  });

  test('the quiet zones are white: 5 mm on the left, 10 modules on the right', async () => {
    const page = painted(await renderBoleto(sampleDocument()));
    const bars = barsOf(page);
    const [left, right] = [Math.min(...bars.map(({ x }) => x)), Math.max(...bars.map(({ x, width }) => x + width))];
    const [top = 0, height = 0] = [bars[0]?.y, bars[0]?.height];
    const beside = page.boxes.filter((box) => !bars.includes(box) && box.y + box.height > top && box.y < top + height);
    expect(beside.filter((box) => box.x + box.width > left - 5 && box.x < right + 2.54)).toEqual([]);
    expect(left).toBeGreaterThan(10 + 5);
  });

  test('both parts carry the values a payer and a bank look for', async () => {
    const boleto = sampleDocument();
    const { texts } = painted(await renderBoleto(boleto));
    const twice = [
      formatLinhaDigitavel(boleto.composed.linhaDigitavel),
      'Associação Beneficente São João da Conceição Ltda.',
      'CNPJ: 11.222.333/0001-81',
      'José Antônio Gonçalves Brandão',
      'CPF: 529.982.247-25',
      'Rua das Flores, 10 – 30110-005 Belo Horizonte/MG',
      'Avenida Paulista, 1578, conj. 42 – Bela Vista – 01310-200 São Paulo/SP',
      boleto.composed.nossoNumeroImpresso,
      boleto.composed.agenciaCodigoImpresso,
      'R$ 804,00',
      '31/12/2026',
      '8291',
      '001-9',
      'Após 31/12/2026 cobrar multa de R$ 16,08 e juros de R$ 0,27 por dia.',
    ];
    expect(twice.filter((value) => texts.indexOf(value) === texts.lastIndexOf(value))).toEqual([]);
    expect(texts).toContain(boleto.composed.localPagamento);
    expect(texts).toContain('Recibo do Pagador');
    expect(texts).toContain('Autenticação mecânica – Ficha de Compensação');
  });

  test('a payer with a four-digit document and no address prints as it is', async () => {
    const { texts } = painted(await renderBoleto(sampleDocument({ payer: { name: 'Maria', document: '8291' } })));
    expect(texts.filter((text) => text === 'CPF/CNPJ: 8291')).toHaveLength(2);
  });

  test('the largest amount and a due date on a leap day fit', async () => {
    const boleto = sampleDocument({ amount: centavos(9_999_999_999n), dueDate: calendarDate('2028-02-29') });
    expect(painted(await renderBoleto(boleto)).texts).toEqual(
      expect.arrayContaining(['R$ 99.999.999,99', '29/02/2028']),
    );
  });

  test('a código de barras that is not 44 digits is refused', async () => {
    const { composed } = sampleDocument();
    const broken = sampleDocument({ composed: { ...composed, codigoBarras: composed.codigoBarras.slice(1) } });
    await expect(renderBoleto(broken)).rejects.toThrow(RangeError);
  });

  test('any text is printed, none throws', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const boletos = fc.record({ name: text, document: text, street: text, debtId: text, instruction: text });
    await fc.assert(
      fc.asyncProperty(boletos, async ({ name, document, street, debtId, instruction }) => {
        const payer = { name, document, address: { street } };
        const { texts } = painted(await renderBoleto(sampleDocument({ payer, debtId, instructions: [instruction] })));
        expect(texts.length).toBeGreaterThan(50);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the page as marks', () => {
  test('the form does not depend on the boleto', () => {
    expect(formMarks()).toEqual(formMarks());
  });

  test('names, addresses and instructions of any length stay within the form', () => {
    const long = 'Wagner Wellington '.repeat(40);
    const address = { street: long, district: long, city: long, state: 'SP', postalCode: '01310200' };
    const party = { name: 'W'.repeat(120), document: '9'.repeat(80), address };
    const boleto = sampleDocument({
      issuer: party,
      payer: party,
      debtId: long,
      instructions: Array.from({ length: 40 }, () => long),
    });
    const fixedWidth = new Set([formatLinhaDigitavel(boleto.composed.linhaDigitavel)]);
    for (const mark of contentMarks(boleto, wide)) {
      if (mark.kind !== 'text' || fixedWidth.has(mark.text)) continue;
      expect(mark.x).toBeGreaterThanOrEqual(10);
      expect(mark.x + wide(mark.face, mark.size, mark.text)).toBeLessThanOrEqual(200.001);
    }
  });
});
