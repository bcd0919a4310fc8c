import { isPng, isTransparent, onWhite, readPng, rowsOf } from './png.ts';

/** Every PDF of the issuer carries it. */
const LOGO_BYTES_MAX = 64 * 1024;
/** 40 mm at 750 dpi. */
const LOGO_SIDE_PIXELS_MAX = 1_200;
/** 40 × 14.5 mm at 600 dpi is 323,000. Every pixel is work for the one thread, however few bytes they are packed in. */
const LOGO_PIXELS_MAX = 400_000;

/**
 * What is wrong with a logo: more than 64 KiB, a side of no or more than 1,200 pixels, more than 400,000 pixels, neither PNG nor JPEG, cut off
 * or damaged, or a variant that is not taken (a PNG that is interlaced, or transparent and not of 8 bits a sample; a JPEG
 * that is not of 8 bits a sample).
 */
export type LogoProblem = 'bytes' | 'pixels' | 'format' | 'damaged' | 'variant';

type Checked =
  | { readonly problem: LogoProblem }
  | {
      readonly problem?: never;
      /** Without transparency: work for every pixel, done when it is printed. */ readonly opaque: () => Uint8Array;
    };

function checkPng(bytes: Uint8Array): Checked {
  const png = readPng(bytes);
  if (png === undefined) return { problem: 'damaged' };
  if (!isSize(png.width, png.height)) return { problem: 'pixels' };
  if (png.isInterlaced) return { problem: 'variant' };
  const rows = rowsOf(png);
  if (rows === undefined) return { problem: 'damaged' };
  if (!isTransparent(png)) return { opaque: () => bytes };
  return png.bitDepth === 8 ? { opaque: () => onWhite(png, rows) } : { problem: 'variant' };
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/** ISO/IEC 10918-1: the start-of-frame marker tells sample size and measures; markers before it are skipped. */
function checkJpeg(bytes: Uint8Array): Checked {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < file.length && file[at] === 0xff) {
    const marker = file.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [file.readUInt16BE(at + 5), file.readUInt16BE(at + 7)];
      if (!isSize(width, height)) return { problem: 'pixels' };
      const isTaken = file[at + 4] === 8 && [1, 3, 4].includes(file.readUInt8(at + 9));
      if (!isTaken) return { problem: 'variant' };
      return file.lastIndexOf(END_OF_IMAGE) > at ? { opaque: () => bytes } : { problem: 'damaged' };
    }
    at += 2 + file.readUInt16BE(at + 2);
  }
  return { problem: 'damaged' };
}

function isSize(width: number, height: number): boolean {
  return isSide(width) && isSide(height) && width * height <= LOGO_PIXELS_MAX;
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= LOGO_SIDE_PIXELS_MAX;
}

function check(bytes: Uint8Array): Checked {
  if (bytes.byteLength > LOGO_BYTES_MAX) return { problem: 'bytes' };
  if (isPng(bytes)) return checkPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return checkJpeg(bytes);
  return { problem: 'format' };
}

/** What is wrong with a logo, for whoever gives it; undefined if it can be printed. */
export function checkLogo(bytes: Uint8Array): LogoProblem | undefined {
  return check(bytes).problem;
}

/** A logo that pdfkit draws at once: transparent PNGs are put on white. RangeError if checkLogo finds a problem. */
export function opaqueImage(logo: Uint8Array): Uint8Array {
  const checked = check(logo);
  if (checked.problem !== undefined) throw new RangeError(`the logo cannot be printed: ${checked.problem}`);
  return checked.opaque();
}
