import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';
import type { Dialect } from '../dialect/dialect.ts';
import type { HeaderMapping } from './fields.ts';
import type { Profile } from './profile.ts';

/** The facts about a file and its issuer that the reading of a row depends on. */
export interface RowContext {
  readonly mapping: HeaderMapping;
  readonly dialect: Pick<Dialect, 'decimal' | 'decimalSure' | 'date' | 'dateFixed' | 'dateOrder' | 'seen' | 'open'> &
    Partial<Pick<Dialect, 'delimiter'>>;
  readonly profile: Profile;
  /** In the issuer's time zone. */
  readonly today: CalendarDate;
  /** The largest amount the issuer's boletos can carry. */
  readonly amountMax: Centavos;
}
