import { expect, test } from 'vitest';
import { passwordFault } from './password-rules.ts';

const context = ['joana.prado@acme.example', 'Joana Prado', 'Padaria Acme'];

test.each([
  ['short', 'too_short'],
  ['elevenchars', 'too_short'],
  ['🦜'.repeat(11), 'too_short'],
  ['zq'.repeat(65), 'too_long'],
  ['unbelievable', 'common'],
  ['Unbelievable', 'common'],
  ['aaaaaaaaaaaa', 'common'],
  ['abababababab', 'common'],
  ['my-smartbilling-pw', 'guessable'],
  ['my Smart Billing pw', 'guessable'],
  ['1prado1234567', 'guessable'],
  ['xx-PADARIA-99-yy', 'guessable'],
  ['joana.prado@acme.example', 'guessable'],
])('%s is refused: %s', (password, fault) => {
  expect(passwordFault(password, context)).toBe(fault);
});

test.each(['correct horse battery staple', 'três tigres tristes', '        a b c  ', 'Ab1!Ab1!Ab1!', 'x y'.repeat(42)])(
  '%s may be used: any characters are taken',
  (password) => {
    expect(passwordFault(password, context)).toBeUndefined();
  },
);

test('a short word of a name is no reason', () => {
  expect(passwordFault('once upon an anagram', ['Ana', 'an@a.example.com'])).toBeUndefined();
});
