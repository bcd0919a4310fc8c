import { addDays, daysBetween, formatBrDate, type CalendarDate } from '#calendar';
import type { Dialect } from '../dialect/dialect.ts';
import { DATE_MESSAGES, readDueDate } from './due-date.ts';
import { failed, type Parsed } from './parsed.ts';
import type { RowContext } from './row-context.ts';
import { trimCell, withoutApostrophe } from './text.ts';

/** FEBRABAN: a due date further ahead could be taken for one of the previous cycle of the fator de vencimento. */
export const DUE_DAYS_AHEAD_MAX = 5_500;

/** The fator de vencimento starts here, with 1000: an earlier date cannot be written in a barcode. */
export const FIRST_DUE_DATE = '2000-07-03' as CalendarDate;

export function parseDueDate(cell: string, context: RowContext): Parsed<CalendarDate> {
  const { dialect, profile, today } = context;
  const text = withoutApostrophe(trimCell(cell));
  const reading = readDueDate(text, dialect);
  if ('wrong' in reading) {
    const { wrong } = reading;
    const message =
      wrong === 'two-orders'
        ? twoOrders(dialect)
        : (againstForced(text, dialect) ?? DATE_MESSAGES[wrong](DATE_EXAMPLES[dialect.date]));
    return failed('debtDueDate', 'DUE_DATE_INVALID', cell, message);
  }
  const { date } = reading;
  if (profile !== 'lenient' && date < today) {
    const message = `O vencimento já passou (hoje é ${formatBrDate(today)}). Informe uma data de hoje em diante.`;
    return failed('debtDueDate', 'DUE_DATE_PAST', cell, message);
  }
  if (date < FIRST_DUE_DATE) {
    return failed(
      'debtDueDate',
      'DUE_DATE_PAST',
      cell,
      'O código de barras só comporta vencimentos desde 03/07/2000. Corrija a data.',
    );
  }
  if (daysBetween(today, date) > DUE_DAYS_AHEAD_MAX) {
    const latest = formatBrDate(addDays(today, DUE_DAYS_AHEAD_MAX));
    const message = `O vencimento deve ser até ${latest}, ${DUE_DAYS_AHEAD_MAX.toString()} dias a partir de hoje. Corrija a data.`;
    return failed('debtDueDate', 'DUE_DATE_TOO_FAR', cell, message);
  }
  return { value: date };
}

const DATE_EXAMPLES: Readonly<Record<Dialect['date'], string>> = {
  iso: '2026-12-31',
  br: '31/12/2026',
  us: '12/31/2026',
};

/** The message about a date that only the uploader's override makes unreadable. */
function againstForced(text: string, { date, dateFixed }: RowContext['dialect']): string | undefined {
  if (!dateFixed || !('date' in readDueDate(text, { date: 'iso', dateFixed: false, dateOrder: 'both' })))
    return undefined;
  return `O arquivo foi enviado com date=${date}, e esta data não se lê assim. Escreva-a como ${DATE_EXAMPLES[date]}, ou envie o arquivo de novo com outro date ou sem ele.`;
}

/** Names the lines, which the one who corrects the file wants to see. */
function twoOrders({ seen }: RowContext['dialect']): string {
  const lines = `${(seen?.dayFirst ?? 0).toString()} (dia primeiro) e ${(seen?.monthFirst ?? 0).toString()} (mês primeiro)`;
  return `Não se sabe qual número é o dia: o arquivo tem datas nas duas ordens, nas linhas ${lines}. Escreva como 2026-12-31, ou envie o arquivo de novo informando a ordem (date).`;
}
