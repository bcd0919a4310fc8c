import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureWith, openPdf } from '../drawing/paint.ts';
import { painted } from '../read-page.fixture.ts';
import { calendarDate, SAMPLE_ACCOUNTS, sampleDocument, sampleDocuments } from '../sample-document.fixture.ts';
import { FontMetrics } from '../text/font-metrics.ts';
import { printableText } from '../text/printable-text.ts';
import { FONT_BYTES } from './embed-fonts.ts';
import { createPrinter } from './printer.ts';

const latin1 = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');

describe('createPrinter', () => {
  test('the bytes of a page depend on its boleto alone, not on earlier pages', () => {
    const boletos = SAMPLE_ACCOUNTS.flatMap(sampleDocuments);
    const [one, other] = [createPrinter(), createPrinter({ templatesMax: 2 })];
    const forwards = boletos.map((boleto) => latin1(one.print(boleto)));
    const backwards = boletos.toReversed().map((boleto) => latin1(other.print(boleto)));
    expect(backwards.toReversed().filter((file, index) => file !== forwards[index])).toEqual([]);
    expect(new Set(forwards).size).toBe(boletos.length);
  });

  test('two issuers that differ in anything printed share no template', () => {
    const printer = createPrinter();
    const { issuer } = sampleDocument();
    const variants = [
      sampleDocument(),
      sampleDocument({ issuer: { ...issuer, name: 'Outra' } }),
      sampleDocument({ issuer: { ...issuer, document: '52998224725' } }),
      sampleDocument({ issuer: { ...issuer, address: { ...issuer.address, street: 'Rua B' } } }),
      sampleDocument({ especie: 'DS' }),
      sampleDocument({ aceite: 'S' }),
      ...SAMPLE_ACCOUNTS.slice(1).map((account) => sampleDocument({}, account)),
    ];
    for (const boleto of [...variants, ...variants]) {
      const { texts } = painted(printer.print(boleto));
      expect(texts).toContain(boleto.issuer.name);
      expect(texts).toContain(boleto.especie);
      expect(texts).toContain(boleto.aceite);
      expect(texts).toContain(boleto.composed.bankCodeWithDv);
      expect(texts).toContain(boleto.composed.carteiraImpressa);
      expect(texts).toContain(boleto.composed.agenciaCodigoImpresso);
    }
  });

  test('a page is at most 30 kB with its fonts and 8 KiB without, however full it is', () => {
    const printer = createPrinter();
    const long = 'Ação – “Wágner” '.repeat(200);
    const address = { street: long, district: long, city: long, state: long, postalCode: long };
    const party = { name: long, document: long, address };
    const worst = sampleDocument({
      issuer: party,
      payer: party,
      sacador: party,
      debtId: long,
      especie: long,
      instructions: Array.from({ length: 30 }, (_, index) => `${index.toString()} ${long}`),
    });
    const sizes = [worst, ...SAMPLE_ACCOUNTS.flatMap(sampleDocuments)].map(
      (boleto) => printer.print(boleto).byteLength,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(30_000);
    expect(Math.max(...sizes) - FONT_BYTES).toBeLessThanOrEqual(8_192);
  });

  test('a title beyond Latin-1 is written in UTF-16, and parentheses are escaped', () => {
    const printer = createPrinter();
    expect(latin1(printer.print(sampleDocument({ debtId: '€' })))).toContain(
      '/Title<feff0042006f006c00650074006f002020ac>',
    );
    expect(latin1(printer.print(sampleDocument({ debtId: '(ç\\' })))).toContain(String.raw`/Title(Boleto \(ç\\)`);
  });

  test('the file carries the issue date of the boleto', () => {
    const file = latin1(createPrinter().print(sampleDocument({ issuedOn: calendarDate('2027-02-03') })));
    expect(file).toContain('/CreationDate(D:20270203000000Z)');
  });
});

describe('FontMetrics', () => {
  test('FontMetrics measures any printable text as pdfkit does', () => {
    const metrics = new FontMetrics();
    const reference = measureWith(openPdf({}));
    const texts = fc.string({ unit: 'binary', maxLength: 80 }).map(printableText);
    fc.assert(
      fc.property(texts, fc.constantFrom('regular' as const, 'bold' as const), (text, face) => {
        expect(metrics.measure(face, 8.5, text)).toBeCloseTo(reference(face, 8.5, text), 9);
      }),
      { numRuns: 300 },
    );
    expect(metrics.measure('regular', 10, 'AVAÇÃO Último “Tê” – fim')).toBeCloseTo(
      reference('regular', 10, 'AVAÇÃO Último “Tê” – fim'),
      9,
    );
  });
});
