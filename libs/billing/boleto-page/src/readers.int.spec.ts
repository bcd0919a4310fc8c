import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { barcodeFromLinha, formatLinhaDigitavel } from '#boleto';
import { createPrinter } from './assembly/printer.ts';
import { stripedLogo } from './drawing/png.fixture.ts';
import type { BoletoDocument } from './layout/boleto-document.ts';
import { renderBoleto } from './reference/render-boleto.ts';
import { SAMPLE_ACCOUNTS, sampleDocument, sampleDocuments, samplePix } from './sample-document.fixture.ts';
import { characterOf, isPrintable } from './text/printable-text.ts';

const run = promisify(execFile);
const printer = createPrinter();
const LINHA = /\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}/g;
const ITF = ['-Si25.enable', '-Si25.min-length=44', '-Si25.max-length=44'];

interface Files {
  readonly folder: string;
  /** Files of one page each. */
  readonly pdfs: readonly string[];
  /** One file of all their pages. */
  readonly merged: string;
}

/** Writes the PDFs to files for independent readers: poppler-utils, zbar-tools, qpdf. */
async function pdfFiles(contents: readonly Uint8Array[]): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'boleto-pdf-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pdfs = contents.map((_, index) => join(folder, `boleto-${index.toString()}.pdf`));
  await Promise.all(contents.map((content, index) => writeFile(pdfs[index] ?? '', content)));
  const merged = join(folder, 'merged.pdf');
  await run('qpdf', ['--empty', '--pages', ...pdfs, '--', merged]);
  return { folder, pdfs, merged };
}

async function images({ folder, pdfs, merged }: Files, dpi: number, colours: '-gray' | undefined): Promise<string[]> {
  const root = join(folder, `${dpi.toString()}dpi`);
  await run('pdftoppm', ['-r', dpi.toString(), ...(colours === undefined ? [] : [colours]), merged, root]);
  const digits = pdfs.length.toString().length;
  const extension = colours === undefined ? 'ppm' : 'pgm';
  return pdfs.map((_, index) => `${root}-${(index + 1).toString().padStart(digits, '0')}.${extension}`);
}

/** The codes that a scanner reads on each page, in order. */
async function scan(files: Files, dpi: number, symbology: readonly string[]): Promise<string[]> {
  const pages = await images(files, dpi, '-gray');
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', ...symbology, ...pages]);
  return stdout.trim().split('\n');
}

async function textOf(pdf: string): Promise<string> {
  return (await run('pdftotext', ['-layout', pdf, '-'])).stdout;
}

/** The pixels of a page at 150 dpi. A PPM file holds them unchanged. */
async function pixels(contents: readonly Uint8Array[]): Promise<Buffer[]> {
  const pages = await images(await pdfFiles(contents), 150, undefined);
  return Promise.all(pages.map((page) => readFile(page)));
}

async function expectSamePixels(boletos: readonly BoletoDocument[]): Promise<void> {
  const assembled = await pixels(boletos.map((boleto) => printer.print(boleto)));
  const drawn = await pixels(await Promise.all(boletos.map(renderBoleto)));
  expect(assembled.map((page, index) => page.equals(drawn[index] ?? Buffer.alloc(0)))).toEqual(boletos.map(() => true));
  expect(new Set(assembled.map((page) => page.toString('latin1'))).size).toBe(boletos.length);
}

/** A machine for poppler whose only font is DejaVu. */
const ONLY_DEJAVU = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>`;
const NO_FONT = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig></fontconfig>`;

async function pixelsWith(fonts: string, pdf: Uint8Array): Promise<Buffer> {
  const { folder, pdfs } = await pdfFiles([pdf]);
  const configuration = join(folder, 'fonts.conf');
  await writeFile(configuration, fonts);
  const settings = [`FONTCONFIG_FILE=${configuration}`, `XDG_CACHE_HOME=${folder}`];
  await run('env', [...settings, 'pdftoppm', '-r', '150', '-singlefile', pdfs[0] ?? '', join(folder, 'page')]);
  return await readFile(join(folder, 'page.ppm'));
}

describe('the fonts of a page', () => {
  test.each([
    ['printed from the template', async (boleto: BoletoDocument) => await Promise.resolve(printer.print(boleto))],
    ['drawn by pdfkit', renderBoleto],
  ])('the fonts of a page %s are embedded, each as a subset', async (_, print) => {
    const { pdfs } = await pdfFiles([await print(sampleDocument())]);
    const { stdout } = await run('pdffonts', [pdfs[0] ?? '']);
    const fonts = stdout.trim().split('\n').slice(2);
    expect(fonts.map((line) => line.split(/\s+/).slice(0, 6).join(' ')).toSorted()).toEqual([
      'SBILLB+TeXGyreHeros-Bold Type 1C WinAnsi yes yes',
      'SBILLR+TeXGyreHeros-Regular Type 1C WinAnsi yes yes',
    ]);
  });

  test('a page looks the same on a machine with only DejaVu and on one without fonts', async () => {
    const pdf = printer.print(sampleDocument());
    const here = await pixels([pdf]);
    expect((await pixelsWith(ONLY_DEJAVU, pdf)).equals(here[0] ?? Buffer.alloc(0))).toBe(true);
    expect((await pixelsWith(NO_FONT, pdf)).equals(here[0] ?? Buffer.alloc(0))).toBe(true);
  });

  test('the embedded fonts have every character that printable text may contain', async () => {
    const all = Array.from({ length: 0xe0 }, (_, index) => characterOf(0x20 + index)).filter(isPrintable);
    const name = all.join('');
    const texts: string[] = [];
    // One line of a page is too short for all of them.
    for (let at = 0; at < name.length; at += 24) {
      const { pdfs } = await pdfFiles([
        printer.print(sampleDocument({ payer: { ...sampleDocument().payer, name: `<${name.slice(at, at + 24)}>` } })),
      ]);
      texts.push(await textOf(pdfs[0] ?? ''));
    }
    const shown = texts.join('').replaceAll(/\s/g, '');
    expect(all.filter((character) => character.trim() !== '' && !shown.includes(character))).toEqual([]);
  });
});

describe.each(SAMPLE_ACCOUNTS)('five boletos of bank $bankCode', (account) => {
  const boletos = sampleDocuments(account);

  // The bars are in the same place on every bank's page, so higher resolutions of one bank are enough.
  const resolutions = account === SAMPLE_ACCOUNTS[0] ? [150, 200, 300] : [150];

  test(`are read by a scanner at ${resolutions.join(', ')} dpi`, async () => {
    const files = await pdfFiles(boletos.map((boleto) => printer.print(boleto)));
    const expected = boletos.map(({ composed }) => composed.codigoBarras);
    const read = await Promise.all(resolutions.map((dpi) => scan(files, dpi, ITF)));
    expect(read).toEqual(resolutions.map(() => expected));
  });

  test('the pages of both renderers are the same to the pixel', async () => {
    await expectSamePixels(boletos);
  });

  test('the files are valid, and the linha digitável and the names can be searched and copied', async () => {
    const { pdfs } = await pdfFiles(boletos.map((boleto) => printer.print(boleto)));
    for (const [index, boleto] of boletos.entries()) {
      const pdf = pdfs[index] ?? '';
      const { stdout } = await run('qpdf', ['--check', pdf]);
      expect(stdout).toContain('No syntax or stream encoding errors found');
      const text = await textOf(pdf);
      const linhas = text.match(LINHA) ?? [];
      expect(linhas).toEqual(Array.from({ length: 2 }, () => formatLinhaDigitavel(boleto.composed.linhaDigitavel)));
      expect(barcodeFromLinha(linhas[0]?.replaceAll(/\D/g, '') ?? '')).toBe(boleto.composed.codigoBarras);
      expect(text).toContain(boleto.issuer.name);
      expect(text.replaceAll(/\s+/g, ' ')).toContain(boleto.payer.name.split(' ', 3).join(' '));
    }
  });
});

describe('ugly input', () => {
  const name = `${'W'.repeat(100)} \u202eمحمد\u202c 👩‍👩‍👧 \u0000\u0007Ação (\\) “€”`;
  const party = { name, document: '8291', address: { street: name, city: name, postalCode: '()' } };
  const ugly = sampleDocument({
    issuer: { ...party, logo: stripedLogo() },
    payer: party,
    sacador: party,
    debtId: `\u202e${name}`,
    instructions: Array.from({ length: 20 }, () => name),
    pix: samplePix({ settlesBoleto: true }),
  });

  test('ugly input leaves barcode and linha digitável readable', async () => {
    const files = await pdfFiles([printer.print(ugly)]);
    expect(await scan(files, 200, ITF)).toEqual([ugly.composed.codigoBarras]);
    expect((await textOf(files.merged)).match(LINHA)).toHaveLength(2);
    expect((await run('qpdf', ['--check', files.pdfs[0] ?? ''])).stdout).toContain('No syntax');
  });

  test('ugly input looks the same from both renderers, including logo and QR code', async () => {
    const variants = ['V', 'AV', '\\)(', 'ÀÿŸ…–'].map((text) => sampleDocument({ ...ugly, debtId: text.repeat(9) }));
    await expectSamePixels([ugly, ...variants]);
  });
});

test('a scanner reads the copia e cola from the QR code of a Pix', async () => {
  const pix = samplePix();
  const files = await pdfFiles([printer.print(sampleDocument({ pix }))]);
  for (const dpi of [150, 200, 300]) expect(await scan(files, dpi, ['-Sqrcode.enable'])).toEqual([pix.copiaECola]);
});

test('a screen reader gets the title, the language and the label of each value', async () => {
  const boleto = sampleDocument();
  const { pdfs } = await pdfFiles([printer.print(boleto)]);
  const { stdout: info } = await run('pdfinfo', [pdfs[0] ?? '']);
  expect(info).toMatch(/^Title: +Boleto 8291$/m);
  expect(info).toMatch(/^Tagged: +yes$/m);
  const { stdout: plain } = await run('qpdf', ['--qdf', '--object-streams=disable', pdfs[0] ?? '', '-']);
  expect(plain).toContain('/Lang (pt-BR)');
  expect(plain).toContain('/DisplayDocTitle true');
  const { stdout: structure } = await run('pdfinfo', ['-struct-text', pdfs[0] ?? '']);
  expect(structure).toMatch(/"Vencimento"\s+"31\/12\/2026"/);
  expect(structure).toMatch(/"Pagador"\s+"José Antônio Gonçalves Brandão/);
  expect(structure).toContain(`"${formatLinhaDigitavel(boleto.composed.linhaDigitavel)}"`);
});
