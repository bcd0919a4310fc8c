import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, onTestFinished, test } from 'vitest';

import { barcodeFromLinha, formatLinhaDigitavel } from '#boleto';

import type { BoletoDocument } from './boleto-document.ts';
import { renderBoleto } from './render-boleto.ts';
import { SAMPLE_ACCOUNTS, sampleDocument } from './sample-document.ts';

const run = promisify(execFile);
const LINHA = /\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}/g;

/** The PDF as a file, for readers that know nothing of us: poppler-utils, zbar-tools, qpdf. */
async function pdfFile(boleto: BoletoDocument): Promise<{ readonly folder: string; readonly pdf: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'boleto-pdf-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pdf = join(folder, 'boleto.pdf');
  await writeFile(pdf, await renderBoleto(boleto));
  return { folder, pdf };
}

async function scan(folder: string, pdf: string, dpi: number): Promise<string> {
  const image = join(folder, `page-${dpi.toString()}`);
  await run('pdftoppm', ['-r', dpi.toString(), '-gray', '-png', '-singlefile', pdf, image]);
  const interleaved = ['-Si25.enable', '-Si25.min-length=44', '-Si25.max-length=44'];
  const { stdout } = await run('zbarimg', ['--nodbus', '-q', '--raw', '-Sdisable', ...interleaved, `${image}.png`]);
  return stdout.trim();
}

async function textOf(pdf: string): Promise<string> {
  return (await run('pdftotext', ['-layout', pdf, '-'])).stdout;
}

describe.each(SAMPLE_ACCOUNTS)('a boleto of bank $bankCode', (account) => {
  test('is read by a scanner at 150, 200 and 300 dpi', async () => {
    const boleto = sampleDocument({}, account);
    const { folder, pdf } = await pdfFile(boleto);
    for (const dpi of [150, 200, 300]) expect(await scan(folder, pdf, dpi)).toBe(boleto.composed.codigoBarras);
  });

  test('has a linha digitável and names that can be searched and copied', async () => {
    const boleto = sampleDocument({}, account);
    const { pdf } = await pdfFile(boleto);
    const text = await textOf(pdf);
    const linhas = text.match(LINHA) ?? [];
    expect(linhas).toEqual(Array.from({ length: 2 }, () => formatLinhaDigitavel(boleto.composed.linhaDigitavel)));
    expect(barcodeFromLinha(linhas[0]?.replaceAll(/\D/g, '') ?? '')).toBe(boleto.composed.codigoBarras);
    expect(text).toContain(boleto.issuer.name);
    expect(text).toContain(boleto.payer.name);
  });
});

test('the file is sound', async () => {
  const { pdf } = await pdfFile(sampleDocument());
  const { stdout } = await run('qpdf', ['--check', pdf]);
  expect(stdout).toContain('No syntax or stream encoding errors found');
});

test('emoji, right-to-left text, NUL and 120-character names leave barcode and linha readable', async () => {
  const name = `${'W'.repeat(100)} \u202eمحمد\u202c 👩‍👩‍👧 \u0000\u0007Ação`;
  const boleto = sampleDocument({
    payer: { name, document: '8291', address: { street: name, city: name } },
    debtId: `\u202e${name}`,
    instructions: Array.from({ length: 20 }, () => name),
  });
  const { folder, pdf } = await pdfFile(boleto);
  expect(await scan(folder, pdf, 200)).toBe(boleto.composed.codigoBarras);
  expect((await textOf(pdf)).match(LINHA)).toHaveLength(2);
});
