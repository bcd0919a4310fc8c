import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:abcd:12::1', '2001:db8:abcd::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['::1', '0:0:0::/48'],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([undefined, '', 'unknown', '203.0.113', '1.2.3.4.5', 'localhost', '/run/socket'])(
  '%s has no network',
  (address) => {
    expect(networkOf(address)).toBeUndefined();
  },
);

test('of an IPv6 address nothing behind the third group is left', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const [bare = '', bits] = networkOf(address)?.split('/') ?? [];
      // An IPv4 address in the form of IPv6 has a network of its own.
      if (bits === '24') return;
      expect([isIPv6(bare), bits]).toEqual([true, '48']);
      expect(bare.endsWith('::')).toBe(true);
      expect(bare.split(':').filter((group) => group !== '')).toHaveLength(3);
    }),
  );
});
