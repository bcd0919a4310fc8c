/** The end of a page: the place of its last item in the order newest first. */
export interface PageCursor {
  /** To the microsecond, as PostgreSQL keeps it: a Date would lose three digits and, with them, items. */
  readonly at: string;
  readonly id: string;
}

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) ([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;

/** Text for a URL that a client gives back as it is. */
export function encodeCursor({ at, id }: PageCursor): string {
  return Buffer.from(`${at} ${id}`, 'latin1').toString('base64url');
}

/** Undefined for anything that encodeCursor did not make. */
export function decodeCursor(text: string): PageCursor | undefined {
  const match = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, at = '', id = ''] = match ?? [];
  if (match === null || !isInstant(at)) return undefined;
  return { at, id };
}

/**
 * Date takes the 31st of a short month and the year 0, and PostgreSQL neither: what it reads must be what was written.
 */
export function isInstant(text: string): boolean {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) return false;
  return date.toISOString().slice(0, -1) === text.slice(0, 'YYYY-MM-DDThh:mm:ss.mmm'.length);
}
