import { crc32 } from 'node:zlib';

/** An entry as a reader sees it. */
export interface ReadEntry {
  readonly name: string;
  /** 'YYYY-MM-DD' */
  readonly modifiedOn: string;
  readonly unixMode: string;
  readonly content: Buffer;
}

/**
 * Reads a ZIP from its end backwards, as an unzip program does, and compares all fields that occur twice. Written from
 * the specification, not from the code under test. It supports stored entries only.
 */
export function readZip(zip: Buffer): readonly ReadEntry[] {
  const { entries, bytes, offset } = endOf(zip);
  const found: ReadEntry[] = [];
  let at = offset;
  for (let entry = 0; entry < entries; entry += 1) {
    const record = zip.subarray(at);
    demand(record.readUInt32LE(0) === 0x02014b50, 'a directory record');
    const nameLength = record.readUInt16LE(28);
    const extra = record.subarray(46 + nameLength, 46 + nameLength + record.readUInt16LE(30));
    found.push(readEntry(zip, record.subarray(0, 46 + nameLength), extra));
    at += 46 + nameLength + extra.length + record.readUInt16LE(32);
  }
  demand(at === offset + bytes, 'a directory of the length it says');
  return found;
}

function readEntry(zip: Buffer, record: Buffer, extra: Buffer): ReadEntry {
  let start = record.readUInt32LE(42);
  if (start === 0xffffffff) {
    demand(extra.readUInt16LE(0) === 1 && extra.readUInt16LE(2) === 8, 'a ZIP64 offset');
    start = Number(extra.readBigUInt64LE(4));
  }
  const local = zip.subarray(start);
  demand(local.readUInt32LE(0) === 0x04034b50, 'a local header');
  // Flags, method, time, date, checksum, both sizes and the length of the name.
  demand(local.subarray(6, 28).equals(record.subarray(8, 30)), 'a local header that agrees with the directory');
  const name = record.subarray(46);
  demand(local.subarray(30, 30 + name.length).equals(name), 'the same name in both places');
  demand((record.readUInt16LE(8) & 0x0800) !== 0, 'a name in UTF-8');
  demand(record.readUInt16LE(10) === 0, 'a stored entry');

  const contentAt = 30 + name.length + local.readUInt16LE(28);
  const content = local.subarray(contentAt, contentAt + record.readUInt32LE(24));
  demand(crc32(content) === record.readUInt32LE(16), 'the checksum of the content');
  const date = record.readUInt16LE(14);
  const parts = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return {
    name: name.toString('utf8'),
    modifiedOn: parts.map((part) => part.toString().padStart(2, '0')).join('-'),
    unixMode: (record.readUInt32LE(38) >>> 16).toString(8),
    content,
  };
}

interface Directory {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}

function endOf(zip: Buffer): Directory {
  const end = zip.subarray(zip.length - 22);
  demand(end.readUInt32LE(0) === 0x06054b50, 'an end record, without a comment, at the very end');
  const classic = { entries: end.readUInt16LE(10), bytes: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  demand(end.readUInt16LE(8) === classic.entries, 'one disk');
  const full = classic.entries === 0xffff || classic.bytes === 0xffffffff || classic.offset === 0xffffffff;
  const directory = full ? zip64EndOf(zip) : classic;
  const afterDirectory = zip.length - 22 - (full ? 76 : 0);
  demand(directory.offset + directory.bytes === afterDirectory, 'an end right after the directory');
  return directory;
}

function zip64EndOf(zip: Buffer): Directory {
  const locator = zip.subarray(zip.length - 22 - 20);
  demand(locator.readUInt32LE(0) === 0x07064b50, 'a ZIP64 locator');
  demand(locator.readUInt32LE(16) === 1, 'one disk');
  const record = zip.subarray(Number(locator.readBigUInt64LE(8)));
  demand(record.readUInt32LE(0) === 0x06064b50, 'a ZIP64 end record');
  demand(record.readBigUInt64LE(4) === 44n, 'a ZIP64 end record of the first version');
  demand(record.readBigUInt64LE(24) === record.readBigUInt64LE(32), 'one disk');
  return {
    entries: Number(record.readBigUInt64LE(32)),
    bytes: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
  };
}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the ZIP has not got ${what}`);
}
