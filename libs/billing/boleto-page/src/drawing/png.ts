import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHUNK_OVERHEAD = 12;

/** Samples per pixel by colour type: grey, RGB, palette, grey and alpha, RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;
const BIT_DEPTHS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);
const WHITE = 255;

/** The parts of a PNG file (ISO/IEC 15948). */
export interface Png {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
  readonly palette: Buffer;
  /** The tRNS chunk; empty if there is none. */
  readonly transparency: Buffer;
  /** The IDAT chunks, joined. */
  readonly compressed: Buffer;
}

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** Reads the chunks of a PNG file; undefined for other bytes. */
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
    const before = chunks.get(type);
    if (before === undefined) chunks.set(type, [data]);
    else before.push(data);
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

/** The filtered rows of a PNG that is not interlaced; undefined if they do not match the header. */
export function rowsOf({ width, height, bitDepth, colourType, palette, compressed }: Png): Buffer | undefined {
  const channels = CHANNELS[colourType];
  if (channels === undefined || !BIT_DEPTHS.has(bitDepth)) return undefined;
  if (colourType === PALETTE && (palette.length === 0 || palette.length % 3 !== 0)) return undefined;
  const length = height * (1 + Math.ceil((width * bitDepth * channels) / 8));
  try {
    const rows = inflateSync(compressed, { maxOutputLength: length });
    return rows.length === length ? rows : undefined;
  } catch {
    return undefined; // zlib cannot read it, so it is not a PNG
  }
}

/** The Paeth predictor (RFC 2083 §6.6): of left, above and upper left, the one nearest to left + above - upper left. */
function paeth(left: number, above: number, upperLeft: number): number {
  const toLeft = Math.abs(above - upperLeft);
  const toAbove = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + above - upperLeft - upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}

/**
 * Restores filtered samples in place. Each filter has its own loop, because a choice per sample costs more than its
 * work.
 */
function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, pixelLength: number): void {
  switch (filter) {
    case 1:
      for (let x = pixelLength; x < row.length; x += 1) row[x] = (row[x] ?? 0) + (row[x - pixelLength] ?? 0);
      return;
    case 2:
      for (let x = 0; x < row.length; x += 1) row[x] = (row[x] ?? 0) + (above[x] ?? 0);
      return;
    case 3:
      for (let x = 0; x < row.length; x += 1) {
        const left = x < pixelLength ? 0 : (row[x - pixelLength] ?? 0);
        row[x] = (row[x] ?? 0) + ((left + (above[x] ?? 0)) >> 1);
      }
      return;
    case 4:
      for (let x = 0; x < row.length; x += 1) {
        const isFirst = x < pixelLength;
        const left = isFirst ? 0 : (row[x - pixelLength] ?? 0);
        const upperLeft = isFirst ? 0 : (above[x - pixelLength] ?? 0);
        row[x] = (row[x] ?? 0) + paeth(left, above[x] ?? 0, upperLeft);
      }
      return;
  }
}

/** Samples of 8 bits, with the filter bytes of the rows removed. */
function unfilter(rows: Uint8Array, rowLength: number, pixelLength: number): Uint8Array {
  const height = rows.length / (rowLength + 1);
  const samples = new Uint8Array(height * rowLength);
  let above = new Uint8Array(rowLength);
  for (let y = 0; y < height; y += 1) {
    const start = y * (rowLength + 1);
    const row = samples.subarray(y * rowLength, (y + 1) * rowLength);
    row.set(rows.subarray(start + 1, start + 1 + rowLength));
    unfilterRow(rows[start] ?? 0, row, above, pixelLength);
    above = row;
  }
  return samples;
}

/** The sample as it appears on white paper, rounded. */
function onPaper(sample: number, alpha: number): number {
  return Math.floor((sample * alpha + WHITE * (WHITE - alpha) + 127) / WHITE);
}

/** The rows of an RGB image, each with the filter byte 0. */
function flatten({ width, height, colourType, palette, transparency }: Png, samples: Uint8Array): Uint8Array {
  const flat = new Uint8Array(height * (1 + width * 3));
  const pixelLength = CHANNELS[colourType] ?? 1;
  const isGrey = colourType === 0 || colourType === 4;
  const hasAlpha = colourType === 4 || colourType === 6;
  // The transparent colour that tRNS names, in the low byte of 16 bits. A palette has an alpha for each colour instead.
  const [clearRed, clearGreen, clearBlue] = isGrey
    ? [transparency[1], transparency[1], transparency[1]]
    : [transparency[1], transparency[3], transparency[5]];
  for (let pixel = 0, at = 0; pixel < width * height; pixel += 1, at += 3) {
    if (pixel % width === 0) at += 1;
    const from = pixel * pixelLength;
    let red = samples[from] ?? 0;
    let green = red;
    let blue = red;
    let alpha = WHITE;
    if (colourType === PALETTE) {
      alpha = transparency[red] ?? WHITE;
      const colour = red * 3;
      red = palette[colour] ?? 0;
      green = palette[colour + 1] ?? 0;
      blue = palette[colour + 2] ?? 0;
    } else {
      if (!isGrey) {
        green = samples[from + 1] ?? 0;
        blue = samples[from + 2] ?? 0;
      }
      if (hasAlpha) alpha = samples[from + pixelLength - 1] ?? 0;
      else if (red === clearRed && green === clearGreen && blue === clearBlue) alpha = 0;
    }
    flat[at] = onPaper(red, alpha);
    flat[at + 1] = onPaper(green, alpha);
    flat[at + 2] = onPaper(blue, alpha);
  }
  return flat;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** The image on white paper, as an RGB PNG file. Requires a PNG of 8 bits a sample, not interlaced, with these rows. */
export function onWhite(png: Png, rows: Uint8Array): Buffer {
  const { width, height, colourType } = png;
  const pixelLength = CHANNELS[colourType] ?? 1;
  const flat = flatten(png, unfilter(rows, width * pixelLength, pixelLength));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(flat)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}
