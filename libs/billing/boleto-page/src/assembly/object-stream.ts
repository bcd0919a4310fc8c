import { deflateSync } from 'node:zlib';
import type { PdfObject } from './drawing.ts';

/** Packs objects without streams, by object number, into one object stream (ISO 32000-1, 7.5.7). */
export function packObjects(objects: Iterable<readonly [number, string]>): Required<PdfObject> {
  let count = 0;
  let index = '';
  let body = '';
  for (const [number, dictionary] of objects) {
    index += `${number.toString()} ${body.length.toString()} `;
    body += `${dictionary}\n`;
    count += 1;
  }
  const stream = deflateSync(Buffer.from(index + body, 'latin1'), { level: 9 });
  const places = `/N ${count.toString()}/First ${index.length.toString()}`;
  return {
    dictionary: `<</Type/ObjStm${places}/Filter/FlateDecode/Length ${stream.length.toString()}>>`,
    stream,
  };
}
