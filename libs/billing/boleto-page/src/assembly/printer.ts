import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

import { formatLinhaDigitavel } from '#boleto';

import type { BoletoDocument } from '../layout/boleto-document.ts';
import { contentMarks } from '../layout/content.ts';
import { FontMetrics } from '../text/font-metrics.ts';
import { issuerFacts } from '../layout/issuer.ts';
import { writeContent } from './write-content.ts';
import type { BoletoPage } from '../merging/merge-pages.ts';
import { writeTemplate } from './page-template.ts';
import { printableText } from '../text/printable-text.ts';
import { textString } from './pdf-text.ts';
import { createTemplate, OBJECT, setXref, XREF_ENTRY_LENGTH, XREF_WIDTHS, type Template } from './template.ts';

const TEMPLATES_MAX = 64;

/** Pages beyond this, logo and fonts not counted, are compressed: it takes a quarter of the time it takes to print a page. */
const PAGE_BYTES_MAX = 8 * 1024;
/** Of the cross-reference stream all but its entries, and the trailer. */
const XREF_FRAME_BYTES_MAX = 320;

/** A page is small: little memory is as good as much, and sooner cleared. */
const DEFLATE = { level: 1, memLevel: 5, windowBits: 13 };
/** For the few pages that are too large otherwise: those with a Pix QR code. */
const DEFLATE_HARD = { level: 9, memLevel: 9, windowBits: 15 };

/** Of a número do documento: so much is surely there to read in a window's title. */
const TITLE_CHARACTERS_MAX = 100;

function deflate(content: string, options = DEFLATE): Buffer {
  return deflateSync(Buffer.from(content, 'latin1'), options);
}

export interface BoletoPrinter {
  /**
   * The boleto as a one-page A4 PDF of at most 30 KB with its fonts, beside its logo: recibo do pagador above, ficha de compensação
   * below, barcode in vectors, tagged for screen readers. The same boleto always gives the same bytes. Looks to the
   * pixel like renderBoleto's page. Any text is accepted and printed as far as the page's fonts have it; throws a
   * RangeError for a programmer's errors: a código de barras that is not 44 digits, a logo that checkLogo refuses, or
   * what PixPayment does not allow.
   */
  print(boleto: BoletoDocument): Uint8Array;
  /** The same page for mergePages, without the tags. Takes and refuses the same boletos. */
  page(boleto: BoletoDocument): BoletoPage;
}

function infoDictionary({ debtId, composed, issuedOn }: BoletoDocument, { info }: Template): string {
  const title = textString(`Boleto ${printableText(debtId).slice(0, TITLE_CHARACTERS_MAX)}`);
  const linha = formatLinhaDigitavel(composed.linhaDigitavel);
  return `<</Title${title}/Keywords(${linha})/CreationDate(D:${issuedOn.replaceAll('-', '')}000000Z)${info}>>`;
}

const contentStart = (entries: string): string => `${OBJECT.content.toString()} 0 obj\n<<${entries}>>\nstream\n`;
const END_OF_STREAM = '\nendstream\nendobj\n';
const XREF_START =
  `${OBJECT.xref.toString()} 0 obj\n<</Type/XRef/W[${Object.values(XREF_WIDTHS).join(' ')}]` +
  `/Root ${OBJECT.catalog.toString()} 0 R/Info ${OBJECT.info.toString()} 0 R`;

/** The first is a file's for life, the second changes with its content (7.5.5): ours never changes. */
const idArray = (id: string): string => `[<${id}><${id}>]>>\nstream\n`;
const ID_LENGTH = idArray('0'.repeat(32)).length;

/** Template, content stream, info dictionary, cross-reference stream: see ISO 32000-1, 7.5.8. */
function assemble(template: Template, content: string, info: string): Buffer {
  const { head, xref, assetBytes } = template;
  const afterContent = `${END_OF_STREAM}${OBJECT.info.toString()} 0 obj\n${info}\nendobj\n`;
  const plain = `${contentStart(`/Length ${content.length.toString()}`)}${content}`;
  const pageBytes = head.length - assetBytes + plain.length + afterContent.length + xref.length + XREF_FRAME_BYTES_MAX;
  if (pageBytes <= PAGE_BYTES_MAX) return join(template, plain, afterContent);

  const contentBytesMax = PAGE_BYTES_MAX - (pageBytes - content.length);
  const quick = deflate(content);
  const deflated = (quick.length <= contentBytesMax ? quick : deflate(content, DEFLATE_HARD)).toString('latin1');
  const start = contentStart(`/Filter/FlateDecode/Length ${deflated.length.toString()}`);
  return join(template, start + deflated, afterContent);
}

function join({ head, xref }: Template, contentObject: string, afterContent: string): Buffer {
  const infoAt = head.length + contentObject.length + END_OF_STREAM.length;
  const xrefAt = head.length + contentObject.length + afterContent.length;
  const size = (xref.length / XREF_ENTRY_LENGTH).toString();
  const beforeXref = `${XREF_START}/Size ${size}/Length ${xref.length.toString()}/ID`;
  const trailer = `${END_OF_STREAM}startxref\n${xrefAt.toString()}\n%%EOF\n`;
  const entriesAt = xrefAt + beforeXref.length + ID_LENGTH;

  const file = Buffer.allocUnsafe(entriesAt + xref.length + trailer.length);
  head.copy(file);
  file.write(contentObject + afterContent + beforeXref, head.length, 'latin1');
  const id = createHash('md5').update(file.subarray(head.length, xrefAt)).digest('hex');
  file.write(idArray(id), entriesAt - ID_LENGTH, 'latin1');
  xref.copy(file, entriesAt);
  const entries = file.subarray(entriesAt, entriesAt + xref.length);
  setXref(entries, OBJECT.content, head.length);
  setXref(entries, OBJECT.info, infoAt);
  setXref(entries, OBJECT.xref, xrefAt);
  file.write(trailer, entriesAt + xref.length, 'latin1');
  return file;
}

/**
 * A printer of boletos, for the life of a process. pdfkit draws the page once per issuer, account and logo; of those
 * templates the `templatesMax` (64) used last are kept.
 */
export function createPrinter({
  templatesMax = TEMPLATES_MAX,
}: { readonly templatesMax?: number } = {}): BoletoPrinter {
  const metrics = new FontMetrics();
  const templates = new Map<string, Template>();

  const written = new WeakMap<Template, Uint8Array>();

  function templateOf(boleto: BoletoDocument): Template {
    const facts = issuerFacts(boleto);
    const { logo } = boleto.issuer;
    const key = JSON.stringify(facts) + logoKey(logo);
    const known = templates.get(key);
    const template = known ?? createTemplate(facts, logo, metrics.measure);
    if (known !== undefined) templates.delete(key);
    templates.set(key, template);
    for (const [oldest] of templates) {
      if (templates.size <= templatesMax) break;
      templates.delete(oldest);
    }
    return template;
  }

  const contentOf = (boleto: BoletoDocument, template: Template): string =>
    writeContent(contentMarks(boleto, metrics.measure), template, metrics);

  return {
    print(boleto) {
      const template = templateOf(boleto);
      return assemble(template, contentOf(boleto, template), infoDictionary(boleto, template));
    },
    page(boleto) {
      const template = templateOf(boleto);
      const bytes = written.get(template) ?? writeTemplate(template);
      written.set(template, bytes);
      return { template: bytes, content: deflate(contentOf(boleto, template)) };
    },
  };
}

/** Of logos that are in use: one is hashed once, not for every boleto. */
const logoKeys = new WeakMap<Uint8Array, string>();

function logoKey(logo: Uint8Array | undefined): string {
  if (logo === undefined) return '';
  const known = logoKeys.get(logo) ?? createHash('sha256').update(logo).digest('hex');
  logoKeys.set(logo, known);
  return known;
}
