import { crc32, deflateSync } from 'node:zlib';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  readonly bitDepth?: number;
  readonly isInterlaced?: boolean;
  /** Rows, each with its filter byte. */
  readonly rows: Buffer;
  readonly palette?: Buffer;
  readonly transparency?: Buffer;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG file of any kind, for the specs. */
export function pngFile({ width, height, colourType, bitDepth = 8, isInterlaced = false, ...data }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, isInterlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    chunk('IHDR', header),
    ...(data.palette === undefined ? [] : [chunk('PLTE', data.palette)]),
    ...(data.transparency === undefined ? [] : [chunk('tRNS', data.transparency)]),
    chunk('IDAT', deflateSync(data.rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Half-transparent stripes of any size. The rows use the five filters in turn. */
export function stripedLogo(width = 120, height = 40): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let at = 0; at < rows.length; at += 1) {
    const column = at % (1 + width * 4);
    rows[at] = column === 0 ? Math.floor(at / (1 + width * 4)) % 5 : (column * 3) % 40;
  }
  return pngFile({ width, height, colourType: 6, rows });
}
