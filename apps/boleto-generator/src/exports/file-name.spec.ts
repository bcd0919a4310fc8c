import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pdfName } from './file-name.ts';

test.each([
  ['8291', '00000042-8291.pdf'],
  ['FAT-2026.07_a', '00000042-FAT-2026.07_a.pdf'],
  ['Mensalidade Março/2026', '00000042-Mensalidade_Marco_2026.pdf'],
  ['../../etc/passwd', '00000042-.._.._etc_passwd.pdf'],
  ['C:\\boletos\\1', '00000042-C__boletos_1.pdf'],
  ['CON', '00000042-CON.pdf'],
  ['a\u0000b\nc', '00000042-a_b_c.pdf'],
  ['💰1', '00000042-_1.pdf'],
  ['x'.repeat(300), `00000042-${'x'.repeat(100)}.pdf`],
])('the PDF of %j is named %s', (debtId, name) => {
  expect(pdfName({ line: 42, debtId })).toBe(name);
});

test('a name is safe on every file system, whatever the debt id', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.string({ minLength: 1, unit: 'binary' }), (line, debtId) => {
      expect(pdfName({ line, debtId })).toMatch(/^\d{8,13}-[A-Za-z0-9._-]{1,100}\.pdf$/);
    }),
  );
});

test('two lines never have the same name, even where case is ignored', () => {
  const lines = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 2, maxLength: 2 });
  const debtId = fc.constantFrom('a', 'A', '\u00e1', 'a\u0301', '/', '\\', '1-a');
  fc.assert(
    fc.property(lines, debtId, debtId, ([one = 0, other = 0], first, second) => {
      const names = [pdfName({ line: one, debtId: first }), pdfName({ line: other, debtId: second })];
      expect(names[0]?.toLowerCase()).not.toBe(names[1]?.toLowerCase());
    }),
  );
});
