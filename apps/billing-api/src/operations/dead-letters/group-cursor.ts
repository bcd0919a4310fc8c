/** The end of a page of groups: its last group in the order largest first, equal ones by fingerprint and queue. */
export interface GroupCursor {
  readonly count: string;
  readonly fingerprint: string;
  readonly queue: string;
}

const QUEUE_CHARS_MAX = 255;
const CURSOR = /^([1-9]\d{0,17}) ([0-9a-f]{16}) ([^\p{Cc}\p{Cs}]+)$/u;

/** Text for a URL that a client gives back as it is. */
export function encodeGroupCursor({ count, fingerprint, queue }: GroupCursor): string {
  return Buffer.from(`${count} ${fingerprint} ${queue}`).toString('base64url');
}

/** Undefined for anything that encodeGroupCursor did not make. */
export function decodeGroupCursor(text: string): GroupCursor | undefined {
  const [, count, fingerprint, queue] = CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (count === undefined || fingerprint === undefined || queue === undefined) return undefined;
  return queue.length > QUEUE_CHARS_MAX ? undefined : { count, fingerprint, queue };
}
