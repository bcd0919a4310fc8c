import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Places } from './places.ts';

const answer = (): ServerResponse => new ServerResponse(new IncomingMessage(new Socket()));

test('one client gets its share, others the rest, and a closed answer gives its place back', () => {
  const places = new Places(3, 2);
  const [first, second] = [answer(), answer()];
  expect([places.take('a', first), places.take('a', second), places.take('a', answer())]).toEqual([
    undefined,
    undefined,
    'client',
  ]);
  expect([places.take('b', answer()), places.take('c', answer())]).toEqual([undefined, 'process']);

  first.emit('close');

  expect([places.take('c', answer()), places.take('a', answer())]).toEqual([undefined, 'process']);
  second.emit('close');
  expect(places.take('a', answer())).toBeUndefined();
});
