import { isPng, isTransparent, onWhite, readPng, rowsOf } from './png.ts';

/** Every PDF of the issuer contains the logo. */
const LOGO_BYTES_MAX = 64 * 1024;
/** 40 mm at 750 dpi. */
const LOGO_SIDE_PIXELS_MAX = 1_200;
/** 40 × 14.5 mm at 600 dpi is 323,000 pixels. Every pixel costs time of the one thread, however few bytes hold it. */
const LOGO_PIXELS_MAX = 400_000;

/**
 * Reasons to refuse a logo: more than 64 KiB (`bytes`); a side of 0 or of more than 1,200 pixels, or more than 400,000
 * pixels (`pixels`); neither PNG nor JPEG (`format`); cut off or damaged (`damaged`); an unsupported variant
 * (`variant`): a PNG that is interlaced, or transparent with other than 8 bits a sample; a JPEG with other than 8 bits
 * a sample.
 */
export type LogoProblem = 'bytes' | 'pixels' | 'format' | 'damaged' | 'variant';

type Checked =
  | { readonly problem: LogoProblem }
  | {
      readonly problem?: never;
      /** Removes the transparency. It costs work for every pixel, so it runs when the logo is printed. */
      readonly opaque: () => Uint8Array;
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

/** Reads the frame header, which gives sample size and dimensions; markers before it are skipped (ISO/IEC 10918-1). */
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

/** The reason to refuse a logo, for its uploader; undefined if it can be printed. */
export function checkLogo(bytes: Uint8Array): LogoProblem | undefined {
  return check(bytes).problem;
}

/**
 * A logo that pdfkit draws at once: transparent PNGs are put on white. Throws a RangeError if checkLogo refuses the
 * logo.
 */
export function opaqueImage(logo: Uint8Array): Uint8Array {
  const checked = check(logo);
  if (checked.problem !== undefined) throw new RangeError(`the logo cannot be printed: ${checked.problem}`);
  return checked.opaque();
}
