import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { patiently } from './csv-download.ts';

const IDLE_MS = 50;

test('a connection outlives the limit of an idle one while its next page is made, and no longer', async () => {
  const server = createServer((_request, response) => {
    const send = async (): Promise<void> => {
      for await (const page of patiently(response, pages())) response.write(page.join(''));
      response.end(`limit ${String(response.socket?.timeout)}`);
    };
    void send();
  });
  server.setTimeout(IDLE_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
  });
  /** Each page is there when the server has cut another connection, which was idle for as long. */
  async function* pages(): AsyncGenerator<readonly string[]> {
    for (const page of ['first ', 'second ']) {
      const idle = connect(port, '127.0.0.1');
      await once(idle, 'close');
      yield [page];
    }
  }

  const response = await fetch(`http://127.0.0.1:${port.toString()}/`);

  expect(await response.text()).toBe(`first second limit ${IDLE_MS.toString()}`);
});
