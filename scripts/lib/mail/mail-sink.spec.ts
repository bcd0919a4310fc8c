import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../services/ports.mjs';
import { startMailSink } from './mail-sink.mjs';
import { countDelivered, messageFiles } from './mailbox.mjs';

async function openSink() {
  const folder = mkdtempSync(join(tmpdir(), 'mail-sink-'));
  const [smtpPort, httpPort] = await freePorts(2);
  const sink = await startMailSink({ folder, smtpPort, httpPort, user: 'billing', password: 'secret' });
  onTestFinished(async () => {
    await sink.close();
    rmSync(folder, { recursive: true });
  });
  const sendAs = async (to: string, message: object = {}, pass = 'secret') => {
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, auth: { user: 'billing', pass } });
    const outcome = transport.sendMail({ from: 'a@example.com', to, subject: 'Março', text: 'olá', ...message });
    return outcome.then(
      () => 250,
      (error: { responseCode: number }) => error.responseCode,
    );
  };
  return { folder, url: `http://127.0.0.1:${String(httpPort)}`, sendAs };
}

test('an accepted message is a file that holds it', async () => {
  const { folder, url, sendAs } = await openSink();
  expect(await sendAs('b@example.com', { messageId: '<one@example.com>' })).toBe(250);

  const [name = ''] = messageFiles(folder);
  expect(name).toBe('00000001-one@example.com.eml');
  expect(readFileSync(join(folder, name), 'utf8')).toContain('Message-ID: <one@example.com>');
  const listed: unknown = await (await fetch(`${url}/messages.json`)).json();
  expect(listed).toMatchObject({
    count: 1,
    messages: [{ number: 1, subject: 'Março', to: 'b@example.com' }],
  });
});

test('only the user of the sink can read a message, under any umask (F17)', async () => {
  const { folder, sendAs } = await openSink();
  const before = process.umask(0o022);
  try {
    expect(await sendAs('b@example.com', { messageId: '<mode@example.com>' })).toBe(250);
    const name = messageFiles(folder).find((each) => each.includes('mode@')) ?? '';
    expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
  } finally {
    process.umask(before);
  }
});

test('the same Message-ID twice is one delivered message', async () => {
  const { folder, sendAs } = await openSink();
  for (const batch of ['x', 'x', 'y']) {
    await sendAs('b@example.com', { messageId: `<${batch}@example.com>` });
  }
  expect(messageFiles(folder)).toHaveLength(3);
  expect(countDelivered(folder)).toBe(2);
  expect(countDelivered(folder, { among: new Set(['<x@example.com>', '<z@example.com>']) })).toBe(1);
});

test('a recipient can ask for a temporary or a lasting refusal', async () => {
  const { folder, sendAs } = await openSink();
  const codes: number[] = [];
  for (const to of ['tempfail2+a@x.com', 'tempfail2+a@x.com', 'tempfail2+a@x.com', 'permfail+a@x.com']) {
    codes.push(await sendAs(to));
  }
  expect(codes).toEqual([451, 451, 250, 550]);
  expect(messageFiles(folder)).toHaveLength(1);
});

test('every message is refused while a fault is set', async () => {
  const { url, sendAs } = await openSink();
  await fetch(`${url}/faults`, { method: 'PUT', body: JSON.stringify({ mail: 451 }) });
  expect(await sendAs('b@example.com')).toBe(451);
  await fetch(`${url}/faults`, { method: 'DELETE' });
  expect(await sendAs('b@example.com')).toBe(250);
});

test('a wrong password is refused', async () => {
  const { sendAs } = await openSink();
  expect(await sendAs('b@example.com', {}, 'guess')).toBe(535);
});

test('mailed HTML is shown without scripts', async () => {
  const { url, sendAs } = await openSink();
  await sendAs('b@example.com', { html: '<script>alert(1)</script>', subject: '<script>' });
  const part = await fetch(`${url}/messages/1/html`);
  expect(part.headers.get('content-security-policy')).toMatch(/sandbox; default-src 'none'/);
  expect(await (await fetch(`${url}/messages/1`)).text()).not.toContain('<script>');
});
