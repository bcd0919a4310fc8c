import { problem, type Problem } from '../rejections.ts';
import type { HeaderMapping } from '../row/fields.ts';
import { trimCell } from '../row/text.ts';
import { DELIMITERS, type Delimiter, type Dialect } from './dialect.ts';

/**
 * Empty cells beyond the header's last title are what spreadsheets leave behind, and programs leave out the separators
 * behind a row's last filled cell, where only optional ones are missing. Anything else is a wrong count.
 */
export function hasColumns(cells: readonly string[], { columnCount, cellsMin = columnCount }: HeaderMapping): boolean {
  if (cells.length <= columnCount) return cells.length >= cellsMin;
  return cells.slice(columnCount).every((cell) => trimCell(cell) === '');
}

/**
 * A wrong number of cells, with what to do about it. Names the separator that the row has instead, if it has another
 * one.
 */
export function columnProblem(
  cells: readonly string[],
  {
    mapping,
    dialect: { delimiter },
  }: { readonly mapping: HeaderMapping; readonly dialect: Partial<Pick<Dialect, 'delimiter'>> },
): Problem {
  const { columnCount, cellsMin = columnCount, line = 1 } = mapping;
  const found = cells.length;
  const header = `o cabeçalho (linha ${line.toString()})`;
  const other = found < cellsMin ? otherDelimiter(cells, delimiter, cellsMin) : undefined;
  if (delimiter !== undefined && other !== undefined) {
    const message = `Esta linha separa os campos com ${SEPARATOR_NAMES[other]} e ${header}, com ${SEPARATOR_NAMES[delimiter]}. Use um só separador no arquivo inteiro.`;
    return problem('row', 'COLUMN_COUNT', found.toString(), message);
  }
  const advice = found > columnCount ? tooManyAdvice(delimiter) : tooFewAdvice(cellsMin);
  const columns = found === 1 ? '1 coluna' : `${found.toString()} colunas`;
  const message = `A linha tem ${columns} e ${header}, ${columnCount.toString()}. ${advice}`;
  return problem('row', 'COLUMN_COUNT', found.toString(), message);
}

function tooFewAdvice(cellsMin: number): string {
  return `São precisas pelo menos ${cellsMin.toString()}. Complete os campos que faltam, ou junte a linha à seguinte se uma quebra de linha a partiu em duas.`;
}

function tooManyAdvice(delimiter: Delimiter | undefined): string {
  const amount = delimiter === ',' ? ' Um valor como 80,00 também precisa delas: "80,00".' : '';
  return `Ponha entre aspas os campos que contêm o separador.${amount}`;
}

const SEPARATOR_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'vírgula (,)',
  ';': 'ponto e vírgula (;)',
  '\t': 'tabulação',
  '|': 'barra vertical (|)',
};

/** The separator that would give the row its cells; undefined if none would. */
function otherDelimiter(
  cells: readonly string[],
  delimiter: Delimiter | undefined,
  cellsMin: number,
): Delimiter | undefined {
  const text = cells.join(delimiter);
  return DELIMITERS.find((each) => each !== delimiter && text.split(each).length >= cellsMin);
}
