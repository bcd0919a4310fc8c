/** Where a page of batches ended: the place of its last one in the order newest first. */
export interface BatchCursor {
  /** To the microsecond, as PostgreSQL keeps it: a Date would lose three digits and, with them, batches. */
  readonly receivedAt: string;
  readonly id: string;
}

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) ([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;

/** Text for a URL that a client gives back as it is. */
export function encodeCursor({ receivedAt, id }: BatchCursor): string {
  return Buffer.from(`${receivedAt} ${id}`, 'latin1').toString('base64url');
}

/** Undefined for anything that encodeCursor did not make. */
export function decodeCursor(text: string): BatchCursor | undefined {
  const match = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, receivedAt = '', id = ''] = match ?? [];
  if (match === null || !isInstant(receivedAt)) return undefined;
  return { receivedAt, id };
}

/**
 * Date takes the 31st of a short month and the year 0, and PostgreSQL neither: what it reads must be what was written.
 */
function isInstant(text: string): boolean {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) return false;
  return date.toISOString().slice(0, -1) === text.slice(0, 'YYYY-MM-DDThh:mm:ss.mmm'.length);
}
