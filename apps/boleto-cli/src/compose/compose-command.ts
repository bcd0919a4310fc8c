import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ACCOUNT_FIELDS } from '#boleto';
import { createPrinter } from '#boleto-page';
import { readArguments } from '../arguments.ts';
import { UsageError, type CommandIo } from '../command-io.ts';
import { boletoRequest, type BoletoRequest } from './boleto-request.ts';
import { composeRequest } from './compose-request.ts';
import { boletoAsJson, describeBoleto } from './describe-boleto.ts';

export const COMPOSE_USAGE = [
  'npm run boleto -- --bank 341 --field agencia=1234 --field conta=56789 --field carteira=109',
  '                  --amount 10.50 --due 2026-12-31 [--sequence 1 | --nosso-numero N]',
  '                  [--seu-numero N] [--debt-id ID] [--issued DATE] [--especie DM] [--instruction TEXT]',
  '                  [--issuer NAME] [--issuer-document CNPJ] [--payer NAME] [--payer-document CPF]',
  '                  [--pix-key KEY] [--out boleto.pdf] [--json]',
  'npm run boleto < boleto.json      {"bank": "341", "fields": {"agencia": "1234", …}, "amount": "10.50",',
  '                                  "due": "2026-12-31", "sequence": 1, "payer": {"name": …}, "fees": …}',
  `fields: ${ACCOUNT_FIELDS.join(', ')}; docs/bancos.md says which a bank needs`,
];

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;

const OPTIONS = {
  bank: text,
  field: texts,
  amount: text,
  due: text,
  sequence: text,
  'nosso-numero': text,
  'seu-numero': text,
  'debt-id': text,
  issued: text,
  especie: text,
  instruction: texts,
  issuer: text,
  'issuer-document': text,
  payer: text,
  'payer-document': text,
  'pix-key': text,
  out: text,
  json: { type: 'boolean', default: false },
} as const;

/** Prints a boleto's values and writes its PDF. Exit code 1 if the requested boleto cannot be issued. */
export async function runCompose(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = readArguments(() => parseArgs({ args: [...args], options: OPTIONS }));
  const { json, ...given } = values;
  const request = await requestFrom(given, io);
  const composed = composeRequest(request, io.today);
  if (!composed.ok) {
    for (const { field, message } of composed.problems) io.complain(`${field} ${message}`);
    return 1;
  }

  await io.writeFile(request.out, createPrinter().print(composed.document));
  if (json) io.print(boletoAsJson(composed.document, request.out));
  else for (const line of [...describeBoleto(composed.document), '', `PDF: ${request.out}`]) io.print(line);
  return 0;
}

type Options = Omit<ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'], 'json'>;

/** Builds the request from the options; without any option except --out, from standard input. */
async function requestFrom({ out, ...options }: Options, io: CommandIo): Promise<BoletoRequest> {
  if (Object.keys(options).length > 0) return shaped(optionsAsJson(options, out));
  const input = await io.readInput();
  if (input === undefined || input.trim() === '') throw new UsageError('which boleto? No option and no JSON was given');
  const content = parsedJson(input);
  return shaped(out === undefined || typeof content !== 'object' ? content : { ...content, out });
}

function optionsAsJson(options: Omit<Options, 'out'>, out: string | undefined): unknown {
  const fields = (options.field ?? []).map((pair): readonly [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--field ${pair}: must be name=value`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const { bank, amount, due, sequence, issued, especie, instruction } = options;
  return {
    bank,
    fields: Object.fromEntries(fields),
    amount,
    due,
    sequence,
    nossoNumero: options['nosso-numero'],
    seuNumero: options['seu-numero'],
    debtId: options['debt-id'],
    issued,
    especie,
    instructions: instruction,
    issuer: { name: options.issuer, document: options['issuer-document'] },
    payer: { name: options.payer, document: options['payer-document'] },
    pix: options['pix-key'] === undefined ? undefined : { key: options['pix-key'] },
    out,
  };
}

function parsedJson(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`standard input is not JSON: ${reason}`, { cause: error });
  }
}

function shaped(content: unknown): BoletoRequest {
  const result = boletoRequest.safeParse(content);
  if (result.success) return result.data;
  throw new UsageError(z.prettifyError(result.error));
}
