import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHUNK_OVERHEAD = 12;

/** Samples a pixel by colour type: grey, RGB, palette, grey and alpha, RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;
const BIT_DEPTHS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);
const WHITE = 255;

/** A PNG file, taken apart (ISO/IEC 15948). */
export interface Png {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
  readonly palette: Buffer;
  /** The tRNS chunk: empty if there is none. */
  readonly transparency: Buffer;
  /** The IDAT chunks together. */
  readonly compressed: Buffer;
}

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** Undefined when its chunks are not those of a PNG file. */
export function readPng(bytes: Uint8Array): Png | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Buffer[]>();
  let at = SIGNATURE.length;
  while (at + CHUNK_OVERHEAD <= file.length && !chunks.has('IEND')) {
    const length = file.readUInt32BE(at);
    const end = at + CHUNK_OVERHEAD + length;
    if (end > file.length) return undefined;
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, end - 4);
    chunks.set(type, [...(chunks.get(type) ?? []), data]);
    at = end;
  }
  const header = chunks.get('IHDR')?.[0];
  if (header?.length !== 13 || !chunks.has('IEND')) return undefined;
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    bitDepth: header.readUInt8(8),
    colourType: header.readUInt8(9),
    isInterlaced: header.readUInt8(12) !== 0,
    palette: Buffer.concat(chunks.get('PLTE') ?? []),
    transparency: Buffer.concat(chunks.get('tRNS') ?? []),
    compressed: Buffer.concat(chunks.get('IDAT') ?? []),
  };
}

export function isTransparent({ colourType, transparency }: Png): boolean {
  return colourType === 4 || colourType === 6 || transparency.length > 0;
}

/** The filtered rows of a PNG that is not interlaced; undefined if they are not what the header says. */
export function rowsOf({ width, height, bitDepth, colourType, palette, compressed }: Png): Buffer | undefined {
  const channels = CHANNELS[colourType];
  if (channels === undefined || !BIT_DEPTHS.has(bitDepth)) return undefined;
  if (colourType === PALETTE && (palette.length === 0 || palette.length % 3 !== 0)) return undefined;
  const length = height * (1 + Math.ceil((width * bitDepth * channels) / 8));
  try {
    const rows = inflateSync(compressed, { maxOutputLength: length });
    return rows.length === length ? rows : undefined;
  } catch {
    return undefined; // what zlib cannot read is no PNG
  }
}

/** RFC 2083 §6.6: whichever of left, above and upper left is nearest to left + above - upper left. */
function paeth(left: number, above: number, upperLeft: number): number {
  const estimate = left + above - upperLeft;
  const distance = (to: number): number => Math.abs(estimate - to);
  const [toLeft, toAbove, toUpperLeft] = [distance(left), distance(above), distance(upperLeft)] as const;
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}

function predict(filter: number, left: number, above: number, upperLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, upperLeft);
    default:
      return 0;
  }
}

/** Samples of 8 bits, rows without their filter bytes. */
function unfilter(rows: Buffer, rowLength: number, pixelLength: number): Buffer {
  const height = rows.length / (rowLength + 1);
  const samples = Buffer.alloc(height * rowLength);
  for (let y = 0; y < height; y += 1) {
    const filter = rows.readUInt8(y * (rowLength + 1));
    for (let x = 0; x < rowLength; x += 1) {
      const at = y * rowLength + x;
      const left = x < pixelLength ? 0 : (samples[at - pixelLength] ?? 0);
      const above = samples[at - rowLength] ?? 0;
      const upperLeft = x < pixelLength ? 0 : (samples[at - rowLength - pixelLength] ?? 0);
      const raw = rows[y * (rowLength + 1) + 1 + x] ?? 0;
      samples[at] = raw + predict(filter, left, above, upperLeft);
    }
  }
  return samples;
}

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

function pixelOf({ colourType, palette, transparency }: Png, samples: Buffer, pixel: number): Rgba {
  const sample = (offset: number): number => samples[pixel * (CHANNELS[colourType] ?? 1) + offset] ?? 0;
  switch (colourType) {
    case PALETTE: {
      const index = sample(0);
      const [red = 0, green = 0, blue = 0] = palette.subarray(index * 3, index * 3 + 3);
      return [red, green, blue, transparency[index] ?? WHITE];
    }
    case 0:
      return [sample(0), sample(0), sample(0), sample(0) === transparency[1] ? 0 : WHITE];
    case 4:
      return [sample(0), sample(0), sample(0), sample(1)];
    case 6:
      return [sample(0), sample(1), sample(2), sample(3)];
    default: {
      const isClear = [0, 1, 2].every((channel) => sample(channel) === transparency[channel * 2 + 1]);
      return [sample(0), sample(1), sample(2), isClear ? 0 : WHITE];
    }
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** The picture on white paper, as an RGB PNG file. For a PNG of 8 bits a sample, not interlaced, with these rows. */
export function onWhite(png: Png, rows: Buffer): Buffer {
  const { width, height, colourType } = png;
  const pixelLength = CHANNELS[colourType] ?? 1;
  const samples = unfilter(rows, width * pixelLength, pixelLength);
  const flat = Buffer.alloc(height * (1 + width * 3));
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const [red, green, blue, alpha] = pixelOf(png, samples, pixel);
    const at = Math.floor(pixel / width) + 1 + pixel * 3;
    for (const [channel, value] of [red, green, blue].entries()) {
      flat[at + channel] = Math.round((value * alpha + WHITE * (WHITE - alpha)) / WHITE);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(flat)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}
