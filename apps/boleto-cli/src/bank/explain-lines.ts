import { formatBrDate } from '#calendar';
import {
  explainFile,
  readRetorno,
  type ExplainedField,
  type ExplainedFile,
  type ExplainedLine,
  type FileProblem,
  type ReadEntry,
} from '#cnab';
import { centavos, formatReais } from '#money';
import { EVENT_NAMES, problemText } from './words.ts';

/** Explains a file field by field in Portuguese, with what a retorno's entries mean and what is wrong in them. */
export function explainLines(bytes: Uint8Array): readonly string[] | FileProblem {
  const file = explainFile(bytes);
  if ('code' in file) return file;
  const entries = entriesByLine(bytes);
  const texts = [headingOf(file)];
  for (const line of file.lines) texts.push('', ...lineTexts(line, entries.get(line.line)));
  return texts;
}

/** Entries stand at their main line; at U where a title has one, because it ends the entry. */
function entriesByLine(bytes: Uint8Array): ReadonlyMap<number, ReadEntry> {
  const result = readRetorno(bytes);
  return new Map(result.ok ? result.retorno.entries.map((entry) => [entry.lines.at(-1) ?? entry.line, entry]) : []);
}

function headingOf({ kind, bank, width, isGeneric }: ExplainedFile): string {
  const layout = isGeneric ? ' (sem layout deste banco: campos da FEBRABAN)' : '';
  return `${kind === 'remessa' ? 'Remessa' : 'Retorno'} do banco ${bank}, ${width.toString()} colunas${layout}`;
}

function lineTexts({ line, record, fields, text }: ExplainedLine, entry: ReadEntry | undefined): readonly string[] {
  const names = fields.map(({ name }) => name.length);
  const width = Math.max(0, ...names);
  const texts =
    fields.length === 0
      ? [`  registro sem layout: ${JSON.stringify(text)}`]
      : fields.filter(({ text: value }) => value.trim() !== '').map((field) => fieldText(field, width));
  return [`Linha ${line.toString()}, registro ${record}`, ...texts, ...(entry === undefined ? [] : entryTexts(entry))];
}

function fieldText(field: ExplainedField, width: number): string {
  const { from, to, name, text } = field;
  const columns = `${from.toString()}-${to.toString()}`.padStart(7);
  return `  ${columns}  ${name.padEnd(width)}  ${text.trimEnd()}${meaningOf(field)}`;
}

function meaningOf({ centavos: amount, date }: ExplainedField): string {
  if (amount !== null) return `  = ${formatReais(centavos(amount))}`;
  return date === null ? '' : `  = ${formatBrDate(date)}`;
}

function entryTexts({ event, occurrence, amounts, problems, outcome }: ReadEntry): readonly string[] {
  const paid = amounts.paid === null ? '' : `, pago ${formatReais(amounts.paid)}`;
  const credited = amounts.credited === null ? '' : `, creditado ${formatReais(amounts.credited)}`;
  const summary = outcome === 'rejected' ? 'entrada rejeitada' : `${EVENT_NAMES[event]}${paid}${credited}`;
  return [
    `  → ocorrência ${occurrence ?? '--'}: ${summary}`,
    ...problems.map((problem) => `  ✗ ${problemText(problem)}`),
  ];
}
