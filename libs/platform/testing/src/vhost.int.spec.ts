import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { createTestVhost, testVhost } from './vhost.ts';
import { waitFor } from './wait-for.ts';

test('a test gets an empty broker and may do anything with it', async () => {
  const vhost = await testVhost();
  const connection = await connect(vhost.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('work', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('work', Buffer.from('hello'));
  await channel.waitForConfirms();
  const message = await channel.get('work', { noAck: true });
  expect(message === false ? undefined : message.content.toString()).toBe('hello');
  await connection.close();

  const queues = await vhost.api('GET', `/queues/${vhost.name}`);
  expect(queues).toMatchObject([{ name: 'work' }]);
});

test('a dropped broker no longer exists', async () => {
  const vhost = await createTestVhost();
  await vhost.drop();
  await expect(vhost.api('GET', `/vhosts/${vhost.name}`)).rejects.toThrow('404');
});

test('waitFor reports what it waited for and the last error', async () => {
  const cause = new Error('still closed');
  const waiting = waitFor(
    () => {
      throw cause;
    },
    { describe: 'the door to open', timeoutMs: 1 },
  );
  await expect(waiting).rejects.toMatchObject({ message: 'waited 1 ms for the door to open', cause });
});
