import { formatLinhaDigitavel } from '#boleto';
import { formatBrDate, type CalendarDate } from '#calendar';
import { formatReais, type Centavos } from '#money';
import { formatDocument, parseDocument } from '#tax-ids';
import type { Mailbox, MimeMessage } from '../smtp/mime.ts';

const SUBJECT_NAME_CHARACTERS_MAX = 80;
const FILE_NAME_CHARACTERS_MAX = 80;

/** The content of the e-mail and its recipient. `pdf` is the rendered boleto. */
export interface BoletoEmailFacts {
  readonly issuer: { readonly name: string; readonly document: string };
  readonly payer: { readonly name: string };
  readonly amount: Centavos;
  readonly dueDate: CalendarDate;
  /** 47 digits. */
  readonly linhaDigitavel: string;
  readonly debtId: string;
  readonly boletoId: string;
  /** Includes its angle brackets. */
  readonly messageId: string;
  readonly from: Mailbox;
  /** One bare address, without a display name. */
  readonly to: string;
  readonly pdf: Uint8Array;
}

/** The texts of the e-mail: one line each, free of control characters, not yet escaped. */
interface Words {
  readonly issuer: string;
  readonly issuerDocument: string;
  readonly payer: string;
  readonly amount: string;
  readonly dueDate: string;
  readonly linha: string;
  readonly debtId: string;
}

/**
 * Makes text from the file harmless in a header and in a sentence: no line breaks, controls or changes of direction.
 */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

/**
 * Like `oneLine`, but for the body: a word joiner follows each character at which a mail program would make a link.
 * Names and ids come from an uploaded file, and a debtor trusts every link in our e-mail.
 */
function unlinked(text: string): string {
  return oneLine(text).replaceAll(/[.:/@]/g, '$&\u2060');
}

function shortened(text: string, charactersMax: number): string {
  const characters = Array.from(text);
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}

function labelledDocument(document: string): string {
  const kind = parseDocument(document)?.kind;
  const label = kind === undefined ? 'CPF/CNPJ' : { cpf: 'CPF', cnpj: 'CNPJ' }[kind];
  return `${label} ${oneLine(formatDocument(document))}`;
}

/** Markup whose interpolated values have been escaped. */
interface Html {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes every value for element content and quoted attributes. Values stand in these two places only. */
function html(template: TemplateStringsArray, ...values: readonly string[]): Html {
  const escaped = values.map((value) => value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? ''));
  return { markup: String.raw({ raw: template }, ...escaped) };
}

function plainText(words: Words): string {
  return `Olá, ${words.payer}!

${words.issuer} (${words.issuerDocument}) emitiu um boleto para você.

Valor: ${words.amount}
Vencimento: ${words.dueDate}
Número do documento: ${words.debtId}

Linha digitável, para copiar:
${words.linha}

O boleto em PDF, com o código de barras, está anexo.

CONFIRA ANTES DE PAGAR
Ao ler o código, o seu banco mostra quem vai receber. Pague somente se aparecer:
${words.issuer} (${words.issuerDocument})
Se aparecer outro nome ou outro valor, não pague.

Não reconhece esta cobrança? Fale com ${words.issuer} antes de pagar, por um contato que você já conheça.
`;
}

function htmlText(words: Words, subject: string): Html {
  return html`<!DOCTYPE html>
    <html lang="pt-BR">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
        <meta name="x-apple-disable-message-reformatting" />
        <title>${subject}</title>
      </head>
      <body style="margin:0; padding:0; background-color:#f3f4f6;">
        <div
          role="article"
          aria-label="${subject}"
          lang="pt-BR"
          style="max-width:560px; margin:0 auto; padding:24px 16px; box-sizing:border-box; font-family:Arial,Helvetica,sans-serif; font-size:16px; line-height:1.5; color:#1f2937; overflow-wrap:anywhere;"
        >
          <div style="background-color:#ffffff; border:1px solid #d1d5db; border-radius:8px; padding:24px;">
            <p style="margin:0 0 16px;">Olá, ${words.payer}!</p>
            <p style="margin:0 0 24px;">
              <strong>${words.issuer}</strong> (${words.issuerDocument}) emitiu um boleto para você.
            </p>
            <h1 style="margin:0; font-size:30px; line-height:1.2; color:#111827;">${words.amount}</h1>
            <p style="margin:4px 0 0; font-size:18px;">Vencimento: <strong>${words.dueDate}</strong></p>
            <p style="margin:4px 0 24px; font-size:14px; color:#4b5563;">Número do documento: ${words.debtId}</p>
            <h2 style="margin:0 0 8px; font-size:16px;">Linha digitável, para copiar</h2>
            <p
              style="margin:0 0 24px; padding:16px; border:1px solid #9ca3af; border-radius:6px; background-color:#f9fafb; font-family:'Courier New',Courier,monospace; font-size:17px; line-height:1.6; font-weight:bold; color:#111827; -webkit-user-select:all; user-select:all;"
            >
              ${words.linha}
            </p>
            <p style="margin:0 0 24px;">O boleto em PDF, com o código de barras, está anexo.</p>
            <div style="padding:16px; border-left:4px solid #b45309; background-color:#fffbeb;">
              <h2 style="margin:0 0 8px; font-size:16px;">Confira antes de pagar</h2>
              <p style="margin:0 0 8px;">
                Ao ler o código, o seu banco mostra quem vai receber. Pague somente se aparecer:
              </p>
              <p style="margin:0 0 8px;"><strong>${words.issuer}</strong><br />${words.issuerDocument}</p>
              <p style="margin:0;">Se aparecer outro nome ou outro valor, não pague.</p>
            </div>
          </div>
          <p style="margin:16px 8px 0; font-size:13px; color:#4b5563;">
            Não reconhece esta cobrança? Fale com ${words.issuer} antes de pagar, por um contato que você já conheça.
          </p>
        </div>
      </body>
    </html> `;
}

/**
 * The file name `boleto-<debt id>.pdf`, without characters that mean something to a file system, a shell or a header.
 */
function fileName(debtId: string, boletoId: string): string {
  const safe = debtId
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, FILE_NAME_CHARACTERS_MAX)
    .replaceAll(/^-+|(?<!-)-+$/g, '');
  return `boleto-${safe === '' ? boletoId : safe}.pdf`;
}

/**
 * Composes the e-mail that sends a debtor the boleto: Portuguese, as text and HTML, with the PDF attached. A pure
 * function. Names come from a file that anyone may have written, so headers and markup treat them as plain data. The
 * e-mail holds no internal id, because with one the reader of a forwarded e-mail could ask for the whole file.
 */
export function composeBoletoEmail(facts: BoletoEmailFacts): MimeMessage {
  const words: Words = {
    issuer: unlinked(facts.issuer.name),
    issuerDocument: labelledDocument(facts.issuer.document),
    payer: unlinked(facts.payer.name),
    amount: formatReais(facts.amount),
    dueDate: formatBrDate(facts.dueDate),
    linha: formatLinhaDigitavel(facts.linhaDigitavel),
    debtId: unlinked(facts.debtId),
  };
  const issuer = shortened(oneLine(facts.issuer.name), SUBJECT_NAME_CHARACTERS_MAX);
  const subject = `Boleto de ${issuer}: ${words.amount}, vence em ${words.dueDate}`;
  return {
    from: facts.from,
    to: { name: oneLine(facts.payer.name), address: facts.to },
    subject,
    messageId: facts.messageId,
    // Auto-Submitted (RFC 3834) stops automatic holiday replies.
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: plainText(words),
    html: htmlText(words, subject).markup,
    attachment: {
      fileName: fileName(facts.debtId, facts.boletoId),
      contentType: 'application/pdf',
      content: facts.pdf,
    },
  };
}
