import type { Columns } from '../entry/columns.ts';
import type { DateForm } from '../entry/values.ts';
import type { Width } from '../file/detect.ts';
import type { MotiveGroup, MotiveTable } from '../motives/motive-table.ts';
import type { Event } from '../occurrences/event.ts';

/** Reads the text of columns of an entry. */
export type TextOf = (columns: Columns) => string;

/** The parts of a nosso número that lead to a boleto. */
export interface TitleKey {
  /** The part that tells issuers of one account apart; null where the layout has none. */
  readonly issuerHint: string | null;
  readonly counter: string;
  /** Null where the line does not hold all that the check digit covers. */
  readonly dvOk: boolean | null;
}

/** Amounts that a layout has columns for. */
interface AmountColumns {
  readonly title: Columns;
  readonly paid: Columns;
  readonly interest?: Columns;
  readonly discount?: Columns;
  readonly rebate?: Columns;
  readonly fee?: Columns;
  readonly credited?: Columns;
  /** A column of its own: most layouts have one for juros and multa together. */
  readonly fine?: Columns;
  readonly otherCredits?: Columns;
}

/** The column that tells the credit, where no column of its own does. */
type Credit =
  /** The payment is credited whole, and the tarifa charged apart. */
  | 'as-paid'
  /** The column of the payment holds the credit: the payer gave the tarifa on top of it. */
  | 'paid-column-is-net'
  /** The layout has a column of its own. */
  | 'own-column'
  /** No column tells it. */
  | 'untold';

/** A number of the trailer that the entries must add up to. A zero there says nothing. */
export interface Total {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly counts: 'entries' | 'title' | 'paid';
  /** The occurrences that it counts; all if absent. */
  readonly occurrences?: readonly string[];
}

/** Everything that one bank's retorno of one width needs to be read. */
export interface Reader {
  /** The code of the bank, three digits. */
  readonly bank: string;
  readonly width: Width;
  /** The bank and the width in Portuguese. */
  readonly name: string;
  /** Record types of entries and of the lines that follow them (400). */
  readonly mainRecords: string;
  readonly companions: string;
  /** Readers of main records that place some fields elsewhere, by their type. */
  readonly variants?: ReadonlyMap<string, Reader>;
  readonly occurrence: Columns;
  readonly ourNumber: Columns;
  /** The same number again, for lines that leave the first one zero. */
  readonly ourNumberAgain?: Columns;
  /** Motives stand one behind the other, each of this many characters. Free text is one motive. */
  readonly motives?: { readonly columns: Columns; readonly size: number };
  readonly occurredOn: Columns;
  readonly creditedOn: Columns;
  readonly creditedOnForm?: DateForm;
  readonly dueOn: Columns;
  readonly companyUse: Columns;
  readonly amounts: AmountColumns;
  readonly credit: Credit;
  /** Numbers of no meaning to us: whole digits or whole blanks, unless the fields moved. */
  readonly numbers: readonly Columns[];
  /** The currency, which shows best that fields moved. */
  readonly currency?: { readonly columns: Columns; readonly codes: readonly string[] };
  /** Columns that stay empty, but for the allegation of a payer, unless the fields before them moved. */
  readonly unused: readonly Columns[];
  /** The account in the header of the file (400) or of the lot (240). */
  readonly account: readonly Columns[];
  readonly fileNumber?: Columns;
  readonly generatedOn: Columns;
  readonly generatedOnForm?: DateForm;
  readonly totals: readonly Total[];
  /** The records that a lot's trailer counts: Santander leaves out header and trailer. */
  readonly lotCounts?: 'details';
  /** The occurrence whose value is the fee while the column of the fee is zero. */
  readonly feeInTitle?: string;
  readonly events: ReadonlyMap<string, Event>;
  /** The event of an occurrence that another column decides. */
  readonly decideEvent?: (occurrence: string, text: TextOf) => Event | undefined;
  readonly motiveLabels: MotiveTable;
  /** The table of a motive; by the event unless the bank has more of them. */
  readonly motiveGroup?: (event: Event, occurrence: string) => MotiveGroup | undefined;
  readonly titleKey: (ourNumber: string, text: TextOf) => TitleKey | null;
}
