import type { PdfObject } from './drawing.ts';

/** What the pages of an issuer share, apart from any file. */
export interface PageTemplate {
  /** The entries of an info dictionary that are the issuer's. */
  readonly info: string;
  /** The content that comes before a page's own, its resources, and what these refer to by place in this list from 1. */
  readonly objects: readonly PdfObject[];
}

interface Written {
  readonly info: string;
  readonly objects: readonly (readonly [dictionary: string, stream: string | null])[];
}

/** The same template always gives the same bytes: by them it is known again in another process. */
export function writeTemplate({ info, objects }: PageTemplate): Uint8Array {
  const written: Written = {
    info,
    objects: objects.map(({ dictionary, stream }) => [dictionary, stream?.toString('base64') ?? null]),
  };
  return Buffer.from(JSON.stringify(written));
}

/** @throws Error for what writeTemplate has not written. */
export function readTemplate(bytes: Uint8Array): PageTemplate {
  const written: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!isWritten(written)) throw new Error('the bytes are not those of a template');
  const { info, objects } = written;
  return {
    info,
    objects: objects.map(([dictionary, stream]) =>
      stream === null ? { dictionary } : { dictionary, stream: Buffer.from(stream, 'base64') },
    ),
  };
}

function isWritten(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && 'info' in value && 'objects' in value;
}
