import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { centavos } from '#money';
import { createPrinter } from '../assembly/printer.ts';
import { itfPath } from '../drawing/itf.ts';
import { POINTS_PER_MM, type Measure } from '../drawing/mark.ts';
import type { BoletoDocument } from '../layout/boleto-document.ts';
import { CONTENT_PARAGRAPHS, contentMarks } from '../layout/content.ts';
import { formMarks } from '../layout/form.ts';
import { issuerFacts, issuerMarks } from '../layout/issuer.ts';
import { READING_ORDER } from '../layout/page.ts';
import { painted, type Painted } from '../read-page.fixture.ts';
import { calendarDate, SAMPLE_ACCOUNTS, sampleDocument, samplePix } from '../sample-document.fixture.ts';
import { renderBoleto } from './render-boleto.ts';

const PAGE_HEIGHT = 297;

const barsOf = ({ boxes }: Painted) => boxes.filter(({ height }) => Math.abs(height - 13) < 0.01);

const idOf = (pdf: Uint8Array) => /\/ID ?\[<([0-9a-f]+)>/.exec(Buffer.from(pdf).toString('latin1'))?.[1];

/** Wider than any letter of the fonts. */
const wide: Measure = (_face, size, text) => (text.length * size) / POINTS_PER_MM;

const printer = createPrinter();

/** The two renderers, which must pass the same tests. */
const WAYS: readonly [string, (boleto: BoletoDocument) => Promise<Uint8Array>][] = [
  ['drawn by pdfkit', renderBoleto],
  ['assembled from a template', async (boleto) => printer.print(boleto)],
];

describe.each(WAYS)('a page %s', (_way, render) => {
  test('equal boletos give equal bytes', async () => {
    expect(await render(sampleDocument())).toEqual(await render(sampleDocument()));
  });

  test('two boletos that differ only in their number have different file ids', async () => {
    const { composed } = sampleDocument({ dueDate: calendarDate('2027-01-01') });
    const one = idOf(await render(sampleDocument()));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf(await render(sampleDocument({ composed })))).not.toBe(one);
  });

  test('a page is at most 30 kB', async () => {
    expect((await render(sampleDocument())).byteLength).toBeLessThanOrEqual(30_000);
  });

  test('a page carries the title and the date of the boleto', async () => {
    const file = Buffer.from(await render(sampleDocument())).toString('latin1');
    expect(file).toContain('(Boleto 8291)');
    expect(file).toContain('(D:20261121000000Z)');
  });

  test.each(SAMPLE_ACCOUNTS)('bank $bankCode: the bars are the código de barras, 103 × 13 mm', async (account) => {
    const boleto = sampleDocument({}, account);
    const bars = barsOf(painted(await render(boleto)));
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no bars');

    const path = bars.map(({ x, width }) => [Math.round((x - first.x) / 0.254), 0, Math.round(width / 0.254), 1]);
    expect(path.map((bar) => `${bar.join(' ')} re\n`).join('')).toBe(itfPath(boleto.composed.codigoBarras));
    expect(Math.abs(last.x + last.width - first.x - 103)).toBeLessThanOrEqual(0.5);
    expect(PAGE_HEIGHT - (first.y + first.height / 2)).toBeGreaterThanOrEqual(12);
  });

  test('the quiet zones are white: 5 mm on the left, 10 modules on the right', async () => {
    const page = painted(await render(sampleDocument()));
    const bars = barsOf(page);
    const [left, right] = [Math.min(...bars.map(({ x }) => x)), Math.max(...bars.map(({ x, width }) => x + width))];
    const [top = 0, height = 0] = [bars[0]?.y, bars[0]?.height];
    const beside = page.boxes.filter((box) => !bars.includes(box) && box.y + box.height > top && box.y < top + height);
    expect(beside.filter((box) => box.x + box.width > left - 5 && box.x < right + 2.54)).toEqual([]);
    expect(left).toBeGreaterThan(10 + 5);
  });

  test('both parts carry the values that a payer and a bank need', async () => {
    const boleto = sampleDocument();
    const { texts } = painted(await render(boleto));
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

  test('a payer with a four-digit document and no address is printed unchanged', async () => {
    const { texts } = painted(await render(sampleDocument({ payer: { name: 'Maria', document: '8291' } })));
    expect(texts.filter((text) => text === 'CPF/CNPJ: 8291')).toHaveLength(2);
  });

  test('the largest amount and a due date on a leap day fit', async () => {
    const boleto = sampleDocument({ amount: centavos(9_999_999_999n), dueDate: calendarDate('2028-02-29') });
    expect(painted(await render(boleto)).texts).toEqual(expect.arrayContaining(['R$ 99.999.999,99', '29/02/2028']));
  });

  test('a código de barras without exactly 44 digits is refused', async () => {
    const { composed } = sampleDocument();
    const broken = sampleDocument({ composed: { ...composed, codigoBarras: composed.codigoBarras.slice(1) } });
    await expect(async () => render(broken)).rejects.toThrow(RangeError);
  });

  test('a page accepts any text without throwing', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const boletos = fc.record({ name: text, document: text, street: text, debtId: text, instruction: text });
    await fc.assert(
      fc.asyncProperty(boletos, async ({ name, document, street, debtId, instruction }) => {
        const payer = { name, document, address: { street } };
        const { texts } = painted(await render(sampleDocument({ payer, debtId, instructions: [instruction] })));
        expect(texts.length).toBeGreaterThan(50);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the page as marks', () => {
  test('the marks of the form do not depend on the boleto', () => {
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
    const { linhaDigitavel, bankCodeWithDv } = boleto.composed;
    const fixedWidth = new Set([formatLinhaDigitavel(linhaDigitavel), bankCodeWithDv]);
    const marks = [...issuerMarks(issuerFacts(boleto), undefined, wide), ...contentMarks(boleto, wide)];
    for (const mark of marks) {
      if (mark.kind !== 'text' || fixedWidth.has(mark.text)) continue;
      expect(mark.x).toBeGreaterThanOrEqual(10);
      expect(mark.x + wide(mark.face, mark.size, mark.text)).toBeLessThanOrEqual(200.001);
    }
  });

  test('every text belongs to a paragraph that is read, and its texts are adjacent', () => {
    const boleto = sampleDocument({ pix: samplePix(), sacador: { name: 'Ana', document: '8291' } });
    const marks = [...formMarks(), ...issuerMarks(issuerFacts(boleto), undefined, wide), ...contentMarks(boleto, wide)];
    const texts = marks.filter((mark) => mark.kind === 'text');
    expect(texts.filter(({ paragraph }) => !READING_ORDER.includes(paragraph))).toEqual([]);

    const written = contentMarks(boleto, wide).flatMap((mark) => (mark.kind === 'text' ? [mark.paragraph] : []));
    const runs = written.filter((paragraph, index) => paragraph !== written[index - 1]);
    expect(runs.toSorted()).toEqual([...CONTENT_PARAGRAPHS].toSorted());
  });
});

describe('Pix', () => {
  test('the QR code is at least 2 × 2 cm, with a quiet zone of four modules', async () => {
    const { boxes } = painted(
      printer.print(sampleDocument({ pix: samplePix({ qr: { size: 21, isDark: () => true } }) })),
    );
    const symbol = boxes.filter(({ width, height }) => width > 30 && width < 40 && height > 1);
    expect(symbol).toHaveLength(21);
    const [top, bottom] = [symbol[0], symbol.at(-1)];
    if (top === undefined || bottom === undefined) throw new Error('no QR code');
    expect(bottom.y + bottom.height - top.y).toBeCloseTo(top.width, 1);
    const module = top.width / 21;
    const near = boxes.filter(
      (box) =>
        !symbol.includes(box) &&
        box.y + box.height > top.y - 4 * module &&
        box.y < bottom.y + bottom.height + 4 * module &&
        box.x < top.x + top.width + 4 * module,
    );
    expect(near).toEqual([]);
  });

  test('a page with a static Pix says that it does not settle the boleto, and prints all of it', () => {
    const pix = samplePix({ copiaECola: `${samplePix().copiaECola}  A  ${'W'.repeat(300)}` });
    const { texts } = painted(printer.print(sampleDocument({ pix })));
    expect(texts.join('')).toContain(pix.copiaECola);
    expect(texts.join(' ')).toContain('não está vinculado à liquidação deste boleto');
    const linked = painted(printer.print(sampleDocument({ pix: samplePix({ settlesBoleto: true }) })));
    expect(linked.texts.join(' ')).toContain('liquida este boleto');
  });

  test.each([
    ['a size that no QR code has', samplePix({ qr: { size: 22, isDark: () => true } })],
    ['characters that the page cannot print', samplePix({ copiaECola: '支付' })],
    ['more than 512 characters', samplePix({ copiaECola: '0'.repeat(513) })],
  ])('a Pix with %s is refused', (_, pix) => {
    expect(() => printer.print(sampleDocument({ pix }))).toThrow(RangeError);
  });
});
