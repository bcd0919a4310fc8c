import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { parseMailbox, quotedPrintable, writeMime, type MimeMessage } from './mime.ts';

const NOW = new Date('2026-11-21T10:00:00Z');

function message(over: Partial<MimeMessage> = {}): MimeMessage {
  return {
    from: { name: 'Cobrança', address: 'cobranca@example.com' },
    to: { name: 'José', address: 'jose@example.com' },
    subject: 'Boleto',
    messageId: '<1@example.com>',
    headers: { 'X-Any': '1' },
    text: 'olá',
    html: '<p>olá</p>',
    attachment: { fileName: 'boleto-1.pdf', contentType: 'application/pdf', content: new Uint8Array([1, 2, 3]) },
    ...over,
  };
}

/** One line of text as it comes from files: no controls, no halves of characters. */
const oneLine = fc
  .string({ unit: 'binary' })
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]|\s+/gu, ' ').trim());
const lines = (raw: Buffer) => raw.toString('latin1').split('\r\n');

const withoutBreaks = (text: string | undefined): string => (text ?? '').replaceAll(/\r\n|\r|\n/g, '\n').trimEnd();

/** Everything that a reader gets of a message. */
async function essence(raw: Uint8Array): Promise<object> {
  const { from, to, subject, messageId, date, text, html, attachments, headers } = await PostalMime.parse(raw);
  const names = headers.map(({ key }) => key).toSorted();
  return { from, to, subject, messageId, date, text: text?.trimEnd(), html: html?.trimEnd(), attachments, names };
}

describe('writeMime', () => {
  test('a parser reads back the subject, the names and the texts that were written', async () => {
    await fc.assert(
      fc.asyncProperty(oneLine, oneLine, fc.string({ unit: 'binary' }), async (subject, name, words) => {
        const text = words.replaceAll(/[\p{Cs}\0]/gu, '');
        const raw = writeMime(message({ subject, to: { name, address: 'jose@example.com' }, text, html: text }), NOW);
        const mail = await PostalMime.parse(raw);
        expect(mail.subject ?? '').toBe(subject);
        expect(mail.to).toHaveLength(1);
        expect(mail.to?.[0]).toMatchObject({ name, address: 'jose@example.com' });
        expect(withoutBreaks(mail.text)).toBe(withoutBreaks(text));
      }),
    );
  });

  test('every line is short, printable ASCII and ends in CRLF', () => {
    fc.assert(
      fc.property(oneLine, fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 500 }), (name, text, content) => {
        const attachment = { fileName: 'boleto-1.pdf', contentType: 'application/pdf', content };
        const to = { name, address: 'jose@example.com' };
        for (const line of lines(writeMime(message({ subject: name, to, text, html: text, attachment }), NOW))) {
          expect(line).toMatch(/^[\t -~]{0,78}$/);
          expect(line.includes('=?UTF-8?') ? line.length : 0).toBeLessThanOrEqual(76);
        }
      }),
    );
  });

  test('an attachment arrives unchanged, whatever its bytes and its length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (content) => {
        const attachment = { fileName: 'boleto-1.pdf', contentType: 'application/pdf', content };
        const mail = await PostalMime.parse(writeMime(message({ attachment }), NOW));
        expect(mail.attachments).toHaveLength(1);
        expect(mail.attachments[0]).toMatchObject({ filename: 'boleto-1.pdf', mimeType: 'application/pdf' });
        expect(Buffer.from(mail.attachments[0]?.content as ArrayBuffer).equals(Buffer.from(content))).toBe(true);
      }),
    );
  });

  test('text that looks like a boundary does not end its part', async () => {
    const text = ['--=_billing_mixed--', '--=_billing_alternative--', '.', '..', 'From x', 'and on'].join('\n');
    const mail = await PostalMime.parse(writeMime(message({ text, html: text }), NOW));
    expect(mail.text?.trimEnd()).toBe(text);
    expect(mail.attachments).toHaveLength(1);
  });

  test('writeMime produces the same content as nodemailer', async () => {
    const subject = 'Boleto de Padaria São João Ltda.: R$ 1.234,56, vence em 31/12/2026';
    const to = { name: 'José "Zé" Antônio \\ Gonçalves', address: 'jose@example.com' };
    const ours = message({ subject, to, text: 'olá\nlinha = 1  \n', html: '<p style="a=b">olá</p>' });
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const theirs = await transport.sendMail({
      ...ours,
      date: NOW,
      attachments: [{ filename: 'boleto-1.pdf', contentType: 'application/pdf', content: Buffer.from([1, 2, 3]) }],
    });
    if (!Buffer.isBuffer(theirs.message)) throw new Error('the transport did not buffer the message');
    expect(await essence(writeMime(ours, NOW))).toEqual(await essence(theirs.message));
  });
});

test('quoted-printable keeps a space at the end of a line', () => {
  expect(quotedPrintable('a \nb=é')).toBe('a=20\r\nb=3D=C3=A9');
});

test.each([
  ['Cobrança <cobranca@example.com>', { name: 'Cobrança', address: 'cobranca@example.com' }],
  ['"Smart Billing" <billing@example.com>', { name: 'Smart Billing', address: 'billing@example.com' }],
  ['billing@example.com', { name: '', address: 'billing@example.com' }],
  ['Cobrança <a@cobrança.com.br>', { name: 'Cobrança', address: 'a@xn--cobrana-zxa.com.br' }],
])('%s is accepted as a sender', (text, mailbox) => {
  expect(parseMailbox(text)).toEqual(mailbox);
});
