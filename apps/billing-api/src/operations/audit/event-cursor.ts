import { isInstant } from '../../cursor.ts';

/** Where a page of events ended. */
export interface EventCursor {
  /** To the microsecond. */
  readonly at: string;
  readonly id: string;
}

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) ([1-9]\d{0,17})$/;

/** Text for a URL that a client gives back as it is. */
export function encodeEventCursor({ at, id }: EventCursor): string {
  return Buffer.from(`${at} ${id}`, 'latin1').toString('base64url');
}

/** Undefined for anything that encodeEventCursor did not make. */
export function decodeEventCursor(text: string): EventCursor | undefined {
  const [, at = '', id = ''] = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return id !== '' && isInstant(at) ? { at, id } : undefined;
}
