import type { PdfObject } from './drawing.ts';

/** The parts that all pages of an issuer share, independent of any file. */
export interface PageTemplate {
  /** The issuer's entries of an info dictionary. */
  readonly info: string;
  /**
   * The content before a page's own content, its resources, and the objects that these refer to. References are
   * positions in this list, counted from 1.
   */
  readonly objects: readonly PdfObject[];
}

interface Written {
  readonly info: string;
  readonly objects: readonly (readonly [dictionary: string, stream: string | null])[];
}

/** Serialises a template. Equal templates give equal bytes, so another process can recognise them. */
export function writeTemplate({ info, objects }: PageTemplate): Uint8Array {
  const written: Written = {
    info,
    objects: objects.map(({ dictionary, stream }) => [dictionary, stream?.toString('base64') ?? null]),
  };
  return Buffer.from(JSON.stringify(written));
}

/**
 * Parses the bytes of a template.
 * @throws Error for bytes that writeTemplate has not written
 */
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
