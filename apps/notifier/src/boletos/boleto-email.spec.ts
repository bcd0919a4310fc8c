import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { centavos } from '#money';
import { AddressError, writeMime } from '../smtp/mime.ts';
import { composeBoletoEmail, type BoletoEmailFacts } from './boleto-email.ts';

/** Built once, because listing all characters takes seconds on a busy machine. */
const anyText = fc.string({ unit: 'binary' });

const BOLETO_ID = '0193a5c8-7f1e-7abc-8def-0123456789ab';
const MESSAGE_ID = '<73oohck2b66nfz2e6iymaljjhz@mail.example.com>';

function facts(over: Partial<BoletoEmailFacts> = {}): BoletoEmailFacts {
  const dueDate = parseIsoDate('2026-12-31');
  if (dueDate === undefined) throw new Error('not a date');
  return {
    issuer: { name: 'Padaria São João Ltda.', document: '11222333000181' },
    payer: { name: 'José Antônio Gonçalves' },
    amount: centavos(123_456n),
    dueDate,
    linhaDigitavel: '00190000090123456700400000321117473920000080400',
    debtId: '8291',
    boletoId: BOLETO_ID,
    messageId: MESSAGE_ID,
    from: { name: 'Cobrança', address: 'cobranca@example.com' },
    to: 'jose@example.com',
    pdf: new TextEncoder().encode('%PDF-1.3 …'),
    ...over,
  };
}

const NOW = new Date('2026-11-21T10:00:00Z');

/** The e-mail that arrives: written by our code, read by an independent parser. */
async function received(over: Partial<BoletoEmailFacts> = {}) {
  const message = writeMime(composeBoletoEmail(facts(over)), NOW);
  return { mail: await PostalMime.parse(message), raw: message.toString() };
}

/** The text that a reader sees. */
function visibleText(html: string): string {
  return html
    .slice(html.indexOf('<body'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const withoutJoiners = (text: string) => text.replaceAll('\u2060', '');

/** Every tag, without `aria-label`, the one attribute that holds a value from the file. */
const tagsOf = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/aria-label="[^"]*"/, ''));

describe('composeBoletoEmail', () => {
  test('text and HTML both give the amount, the due date, the debtor and the linha digitável', () => {
    const { text, html } = composeBoletoEmail(facts());
    for (const body of [text, visibleText(html)]) {
      expect(body).toContain('R$ 1.234,56');
      expect(body).toContain('31/12/2026');
      expect(withoutJoiners(body)).toContain('Padaria São João Ltda.');
      expect(body).toContain('CNPJ 11.222.333/0001-81');
      expect(body).toContain('00190.00009 01234.567004 00000.321117 4 73920000080400');
      expect(body).toMatch(/confira antes de pagar/i);
      expect(body).toContain('8291');
    }
  });

  test('the PDF arrives unchanged, and so do the accents of the text around it', async () => {
    const pdf = Uint8Array.from({ length: 5_000 }, (_, index) => index % 256);
    const { mail } = await received({ pdf });
    const [attachment] = mail.attachments;
    expect(mail.attachments).toHaveLength(1);
    expect(attachment).toMatchObject({ filename: 'boleto-8291.pdf', mimeType: 'application/pdf' });
    expect(Buffer.from(attachment?.content as ArrayBuffer).equals(pdf)).toBe(true);
    expect(mail.subject).toBe('Boleto de Padaria São João Ltda.: R$ 1.234,56, vence em 31/12/2026');
    expect(mail.from).toMatchObject({ name: 'Cobrança', address: 'cobranca@example.com' });
    expect(mail.to).toMatchObject([{ name: 'José Antônio Gonçalves', address: 'jose@example.com' }]);
    expect(mail.text).toContain('Linha digitável');
    expect(mail.date).toBe('2026-11-21T10:00:00.000Z');
  });

  test('the e-mail carries the given Message-ID and no internal id (F8)', async () => {
    const { mail, raw } = await received();
    expect(mail.messageId).toBe(MESSAGE_ID);
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
    expect(mail.headers.map(({ key }) => key)).not.toContain('x-batch-id');
    expect(raw).not.toContain(BOLETO_ID);
  });

  test.each([
    'PIX com 40% de desconto: https://evil.example/pague ou ligue (11) 4000-0000',
    'www.evil.example/pague',
    'Suporte <a@evil.example>',
  ])('a name or a debt id is never turned into a link: %j (F6)', (name) => {
    const email = composeBoletoEmail(facts({ issuer: { name, document: '1' }, payer: { name }, debtId: name }));
    for (const body of [email.text, visibleText(email.html)]) {
      // The patterns that mail programs turn into links: a protocol, a host of two parts, an address.
      expect(body).not.toMatch(/https?:\/\/|www\.[a-z]|[a-z]\.example|@evil/i);
      expect(withoutJoiners(body)).toContain('evil.example');
    }
    expect(email.html).toContain('name="format-detection" content="telephone=no');
    expect(email.html).not.toMatch(/<a[\s>]|tel:/i);
  });

  test('markup in names is shown as text and never interpreted', () => {
    const name = `<script>alert("1")</script><img src=x onerror='1'> & Filhos`;
    const { html } = composeBoletoEmail(facts({ issuer: { name, document: '1' }, payer: { name }, debtId: name }));
    expect(html).not.toMatch(/<script|<img/i);
    expect(html).toContain(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;1&#39;&gt; &amp;',
    );
  });

  test('text from a file adds no tag and cannot leave an attribute', () => {
    const plain = tagsOf(composeBoletoEmail(facts()).html);
    fc.assert(
      fc.property(anyText, anyText, (name, debtId) => {
        const { html } = composeBoletoEmail(facts({ issuer: { name, document: name }, payer: { name }, debtId }));
        expect(tagsOf(html)).toEqual(plain);
      }),
    );
  });

  test('line breaks in names cannot start a header', async () => {
    const name = 'Padaria\r\nBcc: victim@example.com\r\n\r\nbody';
    const { mail, raw } = await received({ issuer: { name, document: '1' }, payer: { name }, debtId: name });
    expect(mail.to).toMatchObject([{ address: 'jose@example.com' }]);
    expect(mail.bcc).toBeUndefined();
    expect(raw).not.toMatch(/^bcc:/im);
    expect(mail.subject).toContain('Padaria Bcc: victim@example.com body');
  });

  test.each([
    'a@example.com, b@example.com',
    'a@example.com\r\nBcc: c@example.com',
    'a@b@example.com',
    'josé@example.com',
    '',
  ])('a recipient that is not one plain address is refused: %j', (to) => {
    expect(() => writeMime(composeBoletoEmail(facts({ to })), NOW)).toThrow(AddressError);
  });

  test('a very long name is shortened so that the subject stays readable', () => {
    const { subject } = composeBoletoEmail(facts({ issuer: { name: 'Ç'.repeat(500), document: '1' } }));
    expect(subject).toMatch(/^Boleto de Ç{79}…: R\$ 1\.234,56, vence em 31\/12\/2026$/);
  });

  test.each([
    ['8291', 'boleto-8291.pdf'],
    ['../../etc/passwd', 'boleto-etc-passwd.pdf'],
    ['Dívida nº 7 / 2026', 'boleto-Divida-no-7-2026.pdf'],
    ['a"\r\nX: y', 'boleto-a-X-y.pdf'],
    ['x'.repeat(500), `boleto-${'x'.repeat(80)}.pdf`],
    ['株式', `boleto-${BOLETO_ID}.pdf`],
  ])('the debt %j gives the file name %s', (debtId, expected) => {
    expect(composeBoletoEmail(facts({ debtId })).attachment.fileName).toBe(expected);
  });
});
