import type { CalendarDate } from '#calendar';

/*
 * The records of a ZIP file whose entries are stored, not compressed, and whose sizes are known before they are
 * written. PKWARE's APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; comments below
 * name its sections. Written by hand, because no library joins pieces that different processes have made.
 */

/** A file in a ZIP. */
export interface ZipEntry {
  readonly name: string;
  /** CRC-32 of its content. */
  readonly crc32: number;
  /** Bytes of its content; less than 4 GiB. */
  readonly bytes: number;
  /**
   * The date that unzip programs show, at midnight; from 1980 to 2107. It depends on the file and not on the clock, so
   * equal files give an equal ZIP.
   */
  readonly modifiedOn: CalendarDate;
}

/** An entry of a part. */
export interface PartEntry extends ZipEntry {
  /** Offset of its local header, in bytes from the start of the part. */
  readonly offset: number;
}

/** The limits of the classic end record. The ZIP64 records (4.3.14, 4.3.15) hold larger values. */
export interface ZipLimits {
  readonly entriesMax: number;
  /** Largest offset or length, in bytes. */
  readonly bytesMax: number;
}

/** The largest value of each field is not a number: it means "see ZIP64". */
export const CLASSIC_LIMITS: ZipLimits = { entriesMax: 0xfffe, bytesMax: 0xfffffffe };

const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffffffff;

const VERSION_CLASSIC = 20;
const VERSION_ZIP64 = 45;
/** The upper byte names the system of the file attributes (4.4.2). */
const MADE_ON_UNIX = 3 << 8;
/** A regular file that its owner may read and write and others may read. */
const UNIX_MODE = 0o100644;
/** Flag for a UTF-8 name (4.4.4, bit 11). */
const UTF8_NAME = 1 << 11;
const STORED = 0;
const ZIP64_EXTRA = 0x0001;

const YEAR_MIN = 1980;
const YEAR_MAX = 2107;

/**
 * The local file header (4.3.7), which precedes the content.
 * @throws RangeError for a name, size or date that the format cannot hold
 */
export function localHeader(entry: ZipEntry): Buffer {
  const name = nameOf(entry);
  const record = Buffer.alloc(30 + name.length);
  record.writeUInt32LE(0x04034b50, 0);
  record.writeUInt16LE(VERSION_CLASSIC, 4);
  writeFacts(record, 6, entry, name);
  record.writeUInt16LE(0, 28);
  name.copy(record, 30);
  return record;
}

/**
 * The entry's record in the central directory (4.3.12).
 * @param offset offset of its local header, in bytes from the start of the ZIP
 */
export function directoryRecord(entry: ZipEntry, offset: number, limits: ZipLimits = CLASSIC_LIMITS): Buffer {
  const name = nameOf(entry);
  const extra = offset > limits.bytesMax ? zip64Offset(offset) : Buffer.alloc(0);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(MADE_ON_UNIX | VERSION_ZIP64, 4);
  record.writeUInt16LE(extra.length > 0 ? VERSION_ZIP64 : VERSION_CLASSIC, 6);
  writeFacts(record, 8, entry, name);
  record.writeUInt16LE(extra.length, 30);
  // Comment length at 32, disk at 34 and internal attributes at 36 stay zero.
  record.writeUInt32LE(UNIX_MODE * 0x10000, 38);
  record.writeUInt32LE(extra.length > 0 ? UINT32_MAX : offset, 42);
  return Buffer.concat([record, name, extra]);
}

export interface ZipDirectory {
  readonly entries: number;
  /** Offset of its first record, in bytes from the start of the ZIP. */
  readonly offset: number;
  /** Bytes of all its records. */
  readonly bytes: number;
}

/** The records after the central directory (4.3.14 to 4.3.16). They are the whole file if the ZIP has no entries. */
export function directoryEnd(directory: ZipDirectory, limits: ZipLimits = CLASSIC_LIMITS): Buffer {
  const { entries, offset, bytes } = directory;
  const fits = entries <= limits.entriesMax && offset <= limits.bytesMax && bytes <= limits.bytesMax;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const shownEntries = fits ? entries : UINT16_MAX;
  end.writeUInt16LE(shownEntries, 8);
  end.writeUInt16LE(shownEntries, 10);
  end.writeUInt32LE(fits ? bytes : UINT32_MAX, 12);
  end.writeUInt32LE(fits ? offset : UINT32_MAX, 16);
  return fits ? end : Buffer.concat([zip64End(directory), end]);
}

/** Writes the fields that a local header and a directory record share, from the flags to the length of the name. */
function writeFacts(record: Buffer, at: number, { crc32, bytes, modifiedOn }: ZipEntry, name: Buffer): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes >= UINT32_MAX) {
    throw new RangeError(`a ZIP entry cannot have ${bytes.toString()} bytes`);
  }
  record.writeUInt16LE(UTF8_NAME, at);
  record.writeUInt16LE(STORED, at + 2);
  record.writeUInt16LE(0, at + 4);
  record.writeUInt16LE(dosDate(modifiedOn), at + 6);
  record.writeUInt32LE(crc32, at + 8);
  record.writeUInt32LE(bytes, at + 12);
  record.writeUInt32LE(bytes, at + 16);
  record.writeUInt16LE(name.length, at + 20);
}

function nameOf({ name }: ZipEntry): Buffer {
  const encoded = Buffer.from(name, 'utf8');
  if (encoded.length === 0 || encoded.length > UINT16_MAX) {
    throw new RangeError(`a ZIP entry cannot have a name of ${encoded.length.toString()} bytes`);
  }
  return encoded;
}

/** A date as seven bits of years since 1980, four bits of month and five bits of day (4.4.6). */
function dosDate(date: CalendarDate): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (year < YEAR_MIN || year > YEAR_MAX) throw new RangeError(`a ZIP entry cannot be of ${date}`);
  return ((year - YEAR_MIN) << 9) | (month << 5) | day;
}

/** The ZIP64 extra field (4.5.3). It holds only values that do not fit their classic field; here that is the offset. */
function zip64Offset(offset: number): Buffer {
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(ZIP64_EXTRA, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(BigInt(offset), 4);
  return extra;
}

/** The ZIP64 end of central directory record, and its locator. */
function zip64End({ entries, offset, bytes }: ZipDirectory): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  // The length of the rest of the record, without this field and the signature.
  record.writeBigUInt64LE(BigInt(record.length - 12), 4);
  record.writeUInt16LE(MADE_ON_UNIX | VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);

  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
