import { expect, onTestFinished, test } from 'vitest';
import { MailServer } from './mail-server.fixture.ts';
import { createMailTransport } from './mail-transport.ts';

const common = { connectionsMax: 1, timeoutMs: 5_000 };

/** The transport's `requireTLS` for this URL. */
function mustUseTls(url: string, requireTls?: boolean): unknown {
  const transport = createMailTransport({ ...common, url, requireTls });
  transport.close();
  return 'requireTLS' in transport.options ? transport.options.requireTLS : undefined;
}

test.each([
  ['smtp://mail.example.com', true],
  ['smtp://10.0.0.7:25', true],
  ['smtp://127.0.0.1.example.com', true],
  ['smtp://127.0.0.1:1025', false],
  ['smtp://localhost:1025', false],
  ['smtp://[::1]:1025', false],
])('STARTTLS is required outside the loopback: %s → %j (F18)', (url, expected) => {
  expect(mustUseTls(url)).toBe(expected);
  expect([mustUseTls(url, true), mustUseTls(url, false)]).toEqual([true, false]);
});

test('a server whose STARTTLS offer was removed gets no password and no e-mail (F18)', async () => {
  const server = new MailServer();
  await server.start();
  onTestFinished(async () => {
    await server.stop();
  });
  const transport = createMailTransport({ ...common, url: server.url, requireTls: true });
  onTestFinished(() => {
    transport.close();
  });

  const sending = transport.sendMail({
    envelope: { from: 'cobranca@example.com', to: 'maria@example.com' },
    raw: 'Subject: boleto\r\n\r\nLinha digitável',
  });

  await expect(sending).rejects.toMatchObject({ code: 'ETLS' });
  expect([server.asked, server.mails]).toEqual([[], []]);
});
