import type { MotiveGroup } from '../motives/motive-table.ts';
import type { Event } from '../occurrences/event.ts';
import type { Reader } from '../readers/reader.ts';

const GROUPS: Partial<Record<Event, MotiveGroup>> = {
  registered: 'refusal',
  registration_rejected: 'refusal',
  instruction_refused: 'refusal',
  paid: 'settlement',
  partially_paid: 'settlement',
  paid_at_notary: 'settlement',
  fee: 'fee',
};

/** The bank's name of a motive; empty for a code that its table lacks, undefined where no table is known. */
export function motiveLabel(
  reader: Reader,
  { event, occurrence }: { readonly event: Event; readonly occurrence: string },
  motive: string,
): string | undefined {
  const group = reader.motiveGroup === undefined ? GROUPS[event] : reader.motiveGroup(event, occurrence);
  const table = group === undefined ? undefined : reader.motiveLabels.get(group);
  return table === undefined ? undefined : (table.get(motive) ?? '');
}
