import { centavos, type Centavos } from '#money';
import { movesMoney, type Event } from '../occurrences/event.ts';
import type { Reader } from '../readers/reader.ts';
import type { EntryText } from './entry-text.ts';
import type { Amounts } from './entry.ts';

/** Reads amounts as the layout means them: what it calls paid another calls credited. */
export function readAmounts(
  source: EntryText,
  reader: Reader,
  { event, occurrence }: { readonly event: Event; readonly occurrence: string },
): Amounts {
  const { amounts: columns } = reader;
  const title = source.amount(columns.title);
  const fee = source.amount(columns.fee);
  if (!movesMoney(event)) return { ...NONE, ...feeOf(reader, occurrence, { title, fee }) };

  const printed = source.amount(columns.paid);
  return {
    title,
    fee,
    ...paidAndCredited(reader, { printed, fee, credited: source.amount(columns.credited) }),
    interest: source.amount(columns.interest),
    fine: source.amount(columns.fine),
    discount: source.amount(columns.discount),
    rebate: source.amount(columns.rebate),
    otherCredits: source.amount(columns.otherCredits),
  };
}

const NONE = {
  paid: null,
  credited: null,
  interest: null,
  fine: null,
  discount: null,
  rebate: null,
  otherCredits: null,
} as const;

interface TitleAndFee {
  readonly title: Centavos | null;
  readonly fee: Centavos | null;
}

function feeOf({ feeInTitle }: Reader, occurrence: string, read: TitleAndFee): TitleAndFee {
  const isInTitle = occurrence === feeInTitle && (read.fee === null || read.fee === 0n);
  return isInTitle ? { title: null, fee: read.title } : read;
}

function paidAndCredited(
  { credit }: Reader,
  { printed, fee, credited }: Readonly<Record<'printed' | 'fee' | 'credited', Centavos | null>>,
): Pick<Amounts, 'paid' | 'credited'> {
  switch (credit) {
    case 'as-paid':
      return { paid: printed, credited: printed };
    case 'paid-column-is-net':
      return { paid: printed === null ? null : centavos(printed + (fee ?? 0n)), credited: printed };
    case 'own-column':
      return { paid: printed, credited };
    case 'untold':
      return { paid: printed, credited: null };
  }
}

/** True if a payment is not the sum of its parts. A partial payment never is. */
export function splitDiffers(event: Event, amounts: Amounts): boolean {
  if (event !== 'paid' && event !== 'paid_at_notary') return false;
  const { title, paid, interest, fine, discount, rebate, otherCredits } = amounts;
  const added = (interest ?? 0n) + (fine ?? 0n) + (otherCredits ?? 0n);
  return paid !== (title ?? 0n) + added - (discount ?? 0n) - (rebate ?? 0n);
}
