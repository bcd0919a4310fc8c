/** Where a page of issuers ended: the place of its last one in the order of the names, as it was then. */
export interface IssuerCursor {
  readonly name: string;
  readonly id: string;
}

const CURSOR = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}) ([^\p{Cc}\p{Cs}\uFFFD]{1,120})$/u;

/** Text for a URL that a client gives back as it is. */
export function encodeIssuerCursor({ id, name }: IssuerCursor): string {
  return Buffer.from(`${id} ${name}`).toString('base64url');
}

/** Undefined for anything that encodeIssuerCursor did not make. */
export function decodeIssuerCursor(text: string): IssuerCursor | undefined {
  const [, id, name] = CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return id === undefined || name === undefined ? undefined : { id, name };
}
