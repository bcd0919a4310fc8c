import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { sendEvents } from './event-stream.ts';

/** The text of a stream without news, until `enough` of it is there. */
async function quietStream(enough: (text: string) => boolean): Promise<string> {
  const server = createServer((_request, response) => {
    sendEvents(response, () => () => undefined, 5);
  });
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  const response = await fetch(`http://127.0.0.1:${address.port.toString()}`);
  let text = '';
  for await (const block of response.body ?? []) {
    text += Buffer.from(block as Uint8Array).toString();
    if (enough(text)) break;
  }
  return text;
}

test('a stream without news sends pings as events, with data, because EventSource drops an event without', async () => {
  const text = await quietStream((so) => so.split('event: ping').length > 2);

  const [retry, ...records] = text.split('\n\n');
  expect(retry).toBe('retry: 2000');
  expect(records.slice(0, 2)).toEqual(['event: ping\ndata: {}', 'event: ping\ndata: {}']);
});
