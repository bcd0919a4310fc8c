import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';
import type { Event } from '../occurrences/event.ts';
import type { TitleKey } from '../readers/reader.ts';
import type { Problem } from './problems.ts';

/** Things about a readable entry that a person should see. They change nothing of it. */
export type Flag =
  | 'UNKNOWN_OCCURRENCE'
  | 'UNKNOWN_MOTIVE'
  | 'CHECK_DIGIT_WRONG'
  | 'SPLIT_DIFFERS'
  | 'CREDIT_DATE_MISSING'
  | 'PAYMENT_OF_ZERO'
  | 'REPEATED_IN_FILE';

/** Amounts of an entry. Null is what the layout has no column for, or what the line does not tell. */
export interface Amounts {
  readonly title: Centavos | null;
  readonly paid: Centavos | null;
  readonly credited: Centavos | null;
  readonly interest: Centavos | null;
  readonly fine: Centavos | null;
  readonly discount: Centavos | null;
  readonly rebate: Centavos | null;
  readonly otherCredits: Centavos | null;
  readonly fee: Centavos | null;
}

/** One title line of a retorno with its companions. */
export interface Entry {
  /** The line of the main record, or of T. */
  readonly line: number;
  /** All its lines, in order. */
  readonly lines: readonly number[];
  readonly outcome: 'readable' | 'rejected';
  readonly problems: readonly Problem[];
  readonly flags: readonly Flag[];
  /** The number as printed, without check digit; null if blank. */
  readonly ourNumber: string | null;
  readonly titleKey: TitleKey | null;
  readonly occurrence: string | null;
  readonly motives: readonly string[];
  readonly event: Event;
  readonly amounts: Amounts;
  readonly occurredOn: CalendarDate | null;
  readonly creditedOn: CalendarDate | null;
  readonly dueOn: CalendarDate | null;
  /** The 25 columns that come back as the remessa had them. */
  readonly companyUse: string;
}
