import { AUDIT_HEADER, type AuditEventView, type AuditSealView } from '#contracts/http';
import { csvLine, type CsvSeparator } from '#debts-csv';
import type { StoredSeal } from './audit.queries.ts';

const DIGEST_BYTES = 32;

export function sealView({ seq, at, prev, root, eventIds, digests }: StoredSeal): AuditSealView {
  return {
    seq: Number(seq),
    at,
    prev: prev.toString('hex'),
    root: root.toString('hex'),
    events: eventIds.map((id, place) => ({
      id,
      digest: digests.toString('hex', place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES),
    })),
  };
}

/** An event as a line of a CSV. */
export function eventLine(event: AuditEventView, separator: CsvSeparator = ','): string {
  return csvLine(
    AUDIT_HEADER.map((field) => (field === 'details' ? JSON.stringify(event.details) : (event[field] ?? ''))),
    separator,
  );
}
