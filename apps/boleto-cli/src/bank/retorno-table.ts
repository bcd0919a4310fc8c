import { formatBrDate } from '#calendar';
import { motiveLabel, type Check, type ReadEntry, type Retorno } from '#cnab';
import { centavos, formatReais } from '#money';
import type { BankFile } from './bank-file.ts';
import { EVENT_NAMES, FLAG_NAMES, problemText, refusalText } from './words.ts';

const HEADINGS = ['linha', 'nosso número', 'ocorrência', 'data', 'título', 'pago', 'creditado', 'tarifa', 'crédito em'];

/** A retorno as a table that a person reads, with its sums and with all that is wrong. */
export function tableOf({ name, result }: BankFile): readonly string[] {
  if (!result.ok) return [name, `  ${refusalText(result.problem)}`, ''];
  const { retorno } = result;
  const rows = [HEADINGS, ...retorno.entries.map(rowOf)];
  const widths = HEADINGS.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return [
    `${name}: ${retorno.reader.name}, ${accountText(retorno)}`,
    ...rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()),
    ...retorno.entries.flatMap((entry) => remarksOf(entry, retorno)),
    ...totalsOf(retorno),
    ...retorno.checks.filter(({ agrees }) => !agrees).map(checkText),
    ...(retorno.isComplete ? [] : ['  O arquivo está truncado: falta o fim.']),
    '',
  ];
}

function accountText({ account, number, generatedOn }: Retorno): string {
  const from = generatedOn === null ? '' : ` de ${formatBrDate(generatedOn)}`;
  return `conta ${account}, arquivo ${number ?? 'sem número'}${from}`;
}

function rowOf(entry: ReadEntry): readonly string[] {
  const { line, ourNumber, occurrence, event, outcome, amounts, occurredOn, creditedOn } = entry;
  const what = outcome === 'rejected' ? 'rejeitada' : EVENT_NAMES[event];
  return [
    line.toString(),
    ourNumber ?? '',
    `${occurrence ?? '--'} ${what}`,
    occurredOn === null ? '' : formatBrDate(occurredOn),
    reais(amounts.title),
    reais(amounts.paid),
    reais(amounts.credited),
    reais(amounts.fee),
    creditedOn === null ? '' : formatBrDate(creditedOn),
  ];
}

function reais(amount: bigint | null): string {
  return amount === null ? '' : formatReais(centavos(amount));
}

function remarksOf(entry: ReadEntry, { reader }: Retorno): readonly string[] {
  const { line, motives, event, occurrence, problems, flags } = entry;
  const title = { event, occurrence: occurrence ?? '' };
  const texts = [
    ...motives.map((motive) => `motivo ${motive} ${motiveLabel(reader, title, motive) ?? ''}`.trimEnd()),
    ...flags.map((flag) => FLAG_NAMES[flag]),
    ...problems.map(problemText),
  ];
  return texts.length === 0 ? [] : [`  linha ${line.toString()}: ${texts.join('; ')}`];
}

function totalsOf({ entries, lines, structureLines }: Retorno): readonly string[] {
  const sum = (amount: 'paid' | 'credited' | 'fee'): string =>
    reais(entries.reduce((total, { amounts }) => total + (amounts[amount] ?? 0n), 0n));
  const rejected = entries.filter(({ outcome }) => outcome === 'rejected').length;
  const counts = [
    `${entries.length.toString()} entradas`,
    `${(entries.length - rejected).toString()} legíveis`,
    `${rejected.toString()} rejeitadas`,
    `${lines.toString()} linhas`,
    `${structureLines.toString()} de estrutura`,
  ];
  return [`  ${counts.join(', ')}`, `  pago ${sum('paid')}, creditado ${sum('credited')}, tarifas ${sum('fee')}`];
}

function checkText({ name, line, expected, found }: Check): string {
  return `  linha ${line.toString()}: ${name}: o arquivo diz ${expected}, foi lido ${found}`;
}
