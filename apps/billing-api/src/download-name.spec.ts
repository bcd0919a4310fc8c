import fc from 'fast-check';
import { expect, test } from 'vitest';
import { downloadName } from './download-name.ts';

test.each([
  ['debts.csv', 'debts.results.csv'],
  ['Cobranças março.CSV', 'Cobranças março.results.csv'],
  ['C:\\Users\\me\\debts.csv', 'debts.results.csv'],
  ['../../etc/passwd', 'passwd.results.csv'],
  ['a"b\r\nSet-Cookie: x.csv', 'abSet-Cookie x.results.csv'],
  ['.csv', 'batch.results.csv'],
  ['', 'batch.results.csv'],
  ['archive.2026.csv', 'archive.2026.results.csv'],
])('%j is saved as %j', (uploaded, saved) => {
  expect(downloadName(uploaded, 'results.csv')).toBe(saved);
});

test('whatever the upload was called, the name is one a file system takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (uploaded) => {
      const name = downloadName(uploaded, 'results.csv');
      expect(name).toMatch(/^[^\p{Cc}/\\<>:"|?*]+\.results\.csv$/u);
      expect(name.startsWith('.')).toBe(false);
      expect(Array.from(name).length).toBeLessThanOrEqual(112);
    }),
  );
});
