import { expect, test } from 'vitest';
import { imagePackages, missingIn } from './sbom.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/pg': { version: '8.0.0' },
    'node_modules/@nestjs/core': { version: '12.0.0' },
    'node_modules/pg/node_modules/split2': { version: '4.0.0' },
    'node_modules/vitest': { version: '4.0.0', dev: true },
    'node_modules/fsevents': { version: '2.0.0', optional: true },
  },
};

test('the image holds what is neither for developers nor optional', () => {
  expect(imagePackages(lock)).toEqual(['@nestjs/core@12.0.0', 'pg@8.0.0', 'split2@4.0.0']);
});

test('a package that the document lacks, or has in another version, is named', () => {
  const components = [
    { group: '@nestjs', name: 'core', version: '12.0.0' },
    { name: 'pg', version: '7.0.0', components: [{ name: 'split2', version: '4.0.0' }] },
  ];

  expect(missingIn({ components }, imagePackages(lock))).toEqual(['pg@8.0.0']);
});
