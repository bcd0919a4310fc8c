import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCnpj, parseCpf } from '#tax-ids';
import { alphanumericCnpjFrom, cnpjFrom, cpfFrom } from './documents.ts';

const seeds = fc.nat({ max: 1_000_000 });

test('the real parsers accept the documents, which independent code makes', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(parseCpf(cpfFrom(seed))).toBe(cpfFrom(seed));
      expect(parseCnpj(cnpjFrom(seed))).toBe(cnpjFrom(seed));
      expect(parseCnpj(alphanumericCnpjFrom(seed))).toBe(alphanumericCnpjFrom(seed));
    }),
  );
});

test('documents have the right shape, with letters where letters are promised', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(cpfFrom(seed)).toMatch(/^\d{11}$/);
      expect(cnpjFrom(seed)).toMatch(/^\d{14}$/);
      expect(alphanumericCnpjFrom(seed)).toMatch(/^(?=.*[A-Z])[0-9A-Z]{12}\d{2}$/);
    }),
  );
});

test('different seeds give different documents', () => {
  fc.assert(
    fc.property(seeds, seeds, (one, other) => {
      fc.pre(one !== other);
      expect(cpfFrom(one)).not.toBe(cpfFrom(other));
      expect(cnpjFrom(one)).not.toBe(cnpjFrom(other));
    }),
  );
});
