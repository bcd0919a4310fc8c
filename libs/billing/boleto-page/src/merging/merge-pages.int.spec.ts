import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { formatLinhaDigitavel } from '#boleto';
import { createPrinter } from '../assembly/printer.ts';
import { stripedLogo } from '../drawing/png.fixture.ts';
import { SAMPLE_ACCOUNTS, sampleDocument, sampleDocuments } from '../sample-document.fixture.ts';
import { mergePages, type BoletoPage } from './merge-pages.ts';

const run = promisify(execFile);
const printer = createPrinter();

async function merge(pages: Iterable<BoletoPage>): Promise<Buffer> {
  async function* each(): AsyncGenerator<BoletoPage> {
    for (const page of pages) yield await Promise.resolve(page);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of mergePages(each())) pieces.push(piece);
  return Buffer.concat(pieces);
}

function* times(count: number, page: BoletoPage): Generator<BoletoPage> {
  for (let at = 0; at < count; at += 1) yield page;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'merge-pages-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function fileOf(content: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), 'boletos.pdf');
  await writeFile(file, content);
  return file;
}

async function expectSound(pdf: string, pages: number): Promise<void> {
  expect((await run('qpdf', ['--check', pdf])).stdout).toContain('No syntax or stream encoding errors found');
  expect(Number((await run('qpdf', ['--show-npages', pdf])).stdout)).toBe(pages);
}

/** The pixels of each page at 150 dpi. */
async function pixels(pdf: string, pages: number): Promise<readonly Buffer[]> {
  const root = join(await temporaryFolder(), 'page');
  await run('pdftoppm', ['-r', '150', pdf, root]);
  const digits = pages.toString().length;
  return await Promise.all(
    Array.from(
      { length: pages },
      async (_, at) => await readFile(`${root}-${(at + 1).toString().padStart(digits, '0')}.ppm`),
    ),
  );
}

test('merged boletos of several issuers, one with a logo, look the same as single ones', async () => {
  const { issuer } = sampleDocument();
  const withLogo = sampleDocument({ issuer: { ...issuer, logo: stripedLogo() } });
  const boletos = [...SAMPLE_ACCOUNTS.slice(0, 2).flatMap(sampleDocuments), withLogo, sampleDocument(), withLogo];
  const pdf = await fileOf(await merge(boletos.map((boleto) => printer.page(boleto))));
  await expectSound(pdf, boletos.length);

  const merged = await pixels(pdf, boletos.length);
  for (const [at, boleto] of boletos.entries()) {
    const [alone] = await pixels(await fileOf(printer.print(boleto)), 1);
    expect(alone?.equals(merged[at] ?? Buffer.alloc(0))).toBe(true);
  }
  const { stdout } = await run('pdftotext', ['-layout', pdf, '-']);
  const linhas = stdout.split('\f').map((page) => /\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}/.exec(page)?.[0]);
  expect(linhas.slice(0, -1)).toEqual(boletos.map(({ composed }) => formatLinhaDigitavel(composed.linhaDigitavel)));
});

test.each([0, 1, 255, 256, 257, 1_000])('a file of %i pages is valid, and its last page is found', async (count) => {
  const pages = Math.max(count, 1);
  const last = sampleDocument({ debtId: 'THE LAST' });
  const content = await merge([
    ...times(count - 1, printer.page(sampleDocument())),
    ...times(count && 1, printer.page(last)),
  ]);
  const pdf = await fileOf(content);
  await expectSound(pdf, pages);
  const { stdout: text } = await run('pdftotext', ['-f', pages.toString(), '-layout', pdf, '-']);
  expect(text).toContain(count === 0 ? 'Este lote não tem boletos.' : 'THE LAST');
  const { stdout: info } = await run('pdfinfo', [pdf]);
  expect(info).toMatch(new RegExp(String.raw`^Title: +Boletos: ${count.toString()}$`, 'm'));
  expect(info).toMatch(/^Page size: +595\.28 x 841\.89 pts \(A4\)$/m);
});

function idOf(file: Buffer): string | undefined {
  return /\/ID\[<[0-9a-f]{32}>/.exec(file.toString('latin1'))?.[0];
}

test('equal pages give an equal file, whichever printers made them; others another ID', async () => {
  const boletos = SAMPLE_ACCOUNTS.map((account) => sampleDocument({}, account));
  const one = await merge(boletos.map((boleto) => printer.page(boleto)));
  const other = await merge(boletos.map((boleto) => createPrinter().page(boleto)));
  expect(other.equals(one)).toBe(true);

  const reversed = await merge(boletos.toReversed().map((boleto) => printer.page(boleto)));
  expect(idOf(one)).toBeDefined();
  expect(idOf(reversed)).not.toBe(idOf(one));
});

test('a merged file holds the shared parts of an issuer once', async () => {
  const logo = stripedLogo();
  const { issuer } = sampleDocument();
  const boleto = sampleDocument({ issuer: { ...issuer, logo } });
  const once = await merge(times(1, printer.page(boleto)));
  // Each page has a printer of its own, like the parts of an export.
  const many = await merge(Array.from({ length: 20 }, () => createPrinter().page(boleto)));
  const { content } = printer.page(boleto);
  expect(many.length - once.length).toBeLessThan(19 * (content.length + 150));
});

test('pages of several issuers share the font programs', async () => {
  const issuer = sampleDocument().issuer;
  const boletos = ['Escola Um', 'Escola Dois', 'Escola Três'].map((name) =>
    sampleDocument({ issuer: { ...issuer, name } }),
  );
  const pdf = await merge(boletos.map((boleto) => printer.page(boleto)));
  await expectSound(await fileOf(pdf), 3);
  expect(pdf.toString('latin1').match(/Type1C/g)).toHaveLength(2);
  const { stdout } = await run('pdffonts', [await fileOf(pdf)]);
  expect(stdout.match(/ yes yes /g)?.length).toBeGreaterThanOrEqual(2);
});

test('the notice of a batch without boletos embeds its font', async () => {
  const pdf = await fileOf(await merge([]));
  await expectSound(pdf, 1);
  expect((await run('pdffonts', [pdf])).stdout).toMatch(/SBILLB\+TeXGyreHeros-Bold\s+Type 1C\s+WinAnsi\s+yes yes/);
  expect((await run('pdftotext', [pdf, '-'])).stdout.trim()).toBe('Este lote não tem boletos.');
});
