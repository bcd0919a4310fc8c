import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAscii } from './ascii.ts';

test('bytes are ASCII if none of them is above 0x7f, wherever they begin and end', () => {
  const byte = fc.oneof({ weight: 30, arbitrary: fc.nat(127) }, { weight: 1, arbitrary: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(8), (values, from) => {
      const bytes = Uint8Array.from(values).subarray(from);
      expect(isAscii(bytes)).toBe(bytes.every((each) => each < 0x80));
    }),
  );
});
