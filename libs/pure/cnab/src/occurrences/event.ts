/** The events that an occurrence of a bank can be. */
export const EVENTS = [
  'registered',
  'registration_rejected',
  'paid',
  'partially_paid',
  'paid_at_notary',
  'paid_elsewhere',
  'payment_pending',
  'payment_bounced',
  'payment_reversed',
  'unidentified_payment',
  'written_off',
  'protested',
  'at_notary',
  'notary_withdrawn',
  'negativation_confirmed',
  'payer_alleges',
  'dda_recognised',
  'dda_not_recognised',
  'dda_refused',
  'instruction_confirmed',
  'instruction_refused',
  'fee',
  'in_portfolio',
  'info',
  'unknown',
] as const;

export type Event = (typeof EVENTS)[number];

/** Codes of two characters, separated by a blank, by the event that they are. */
export type EventCodes = Partial<Record<Event, string>>;

/** Events whose line tells money that moved. In other lines the same columns mean something else. */
const WITH_MONEY: ReadonlySet<Event> = new Set([
  'paid',
  'partially_paid',
  'paid_at_notary',
  'payment_bounced',
  'payment_reversed',
  'unidentified_payment',
]);

export function movesMoney(event: Event): boolean {
  return WITH_MONEY.has(event);
}

/** The event of each code. */
export function eventsByCode(codes: EventCodes): ReadonlyMap<string, Event> {
  return new Map(
    Object.entries(codes).flatMap(([event, list]) => list.split(' ').map((code) => [code, event as Event] as const)),
  );
}
