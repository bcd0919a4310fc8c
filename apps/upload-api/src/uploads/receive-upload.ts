import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { showable } from '#contracts/http';
import { HEAD_BYTES_MAX } from '#debts-csv';
import { fieldsInvalid } from '#http';
import type { Storage } from '#storage';
import { ENVELOPE_BYTES_MAX, watchBody, type Pace } from '../limits/watch-body.ts';
import { fileTooLarge, uploadProblem } from './upload-problems.ts';

/** The longest field is a mapping of columns; what is wrong with a longer one of the others, its own rule says. */
const FIELD_BYTES_MAX = 4_096;
const FIELD_NAME_BYTES_MAX = 64;
const FIELDS_MAX = 16;
const PART_HEADER_BYTES_MAX = 8 * 1024;
const PART_HEADERS_MAX = 16;
const FILE_NAME_CHARS_MAX = 255;

export interface ReceivedUpload {
  /** Every field beside the file, as sent. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: ReceivedFile;
}

interface ReceivedFile {
  /** The uploader's name for it: data, never a path. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Its first HEAD_BYTES_MAX, or all of it. */
  readonly head: Buffer;
}

export interface UploadTarget {
  readonly storage: Storage;
  readonly key: string;
  readonly bytesMax: number;
  /** How fast it must come. */
  readonly pace: Pace;
  /** Called before the first byte is stored, with the fields sent before the file. Throws to refuse. */
  readonly beforeFile: (fields: ReadonlyMap<string, string>) => Promise<void>;
  /** Called once with the file's head, and the fields sent before the file. Throws to refuse. */
  readonly checkHead: (head: Buffer, fields: ReadonlyMap<string, string>) => void;
}

/**
 * Streams the one file of a multipart body to storage, hashing it on the way, and gathers the fields around it. Memory
 * stays flat: what storage has not taken yet is not read from the socket.
 *
 * @throws ProblemError for every refusal, what storage throws when it fails; nothing is left in storage then. The
 * request may not be read to its end: the caller, which answers, deals with the rest.
 */
export async function receiveUpload(request: IncomingMessage, target: UploadTarget): Promise<ReceivedUpload> {
  // Announced and hopeless: refused before a byte of it is read.
  if (Number(request.headers['content-length'] ?? 0) > target.bytesMax + ENVELOPE_BYTES_MAX) {
    throw fileTooLarge(target.bytesMax);
  }
  const parser = openParser(request);
  const upload = new Upload(target);
  try {
    await upload.readParts(request, parser);
    return await upload.complete();
  } catch (error) {
    request.unpipe(parser);
    await upload.discard(error);
    throw error;
  }
}

function openParser(request: IncomingMessage): BusboyInstance {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw uploadProblem('MULTIPART_EXPECTED', 'send multipart/form-data with a part named file');
  }
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': contentType },
      // Some clients send the file without a file name; it is a file by its field's name.
      isPartAFile: (field, type, name) => field === 'file' || name !== undefined || type === 'application/octet-stream',
      limits: {
        fieldNameSize: FIELD_NAME_BYTES_MAX,
        fieldSize: FIELD_BYTES_MAX,
        fields: FIELDS_MAX,
        files: 1,
        parts: FIELDS_MAX + 1,
        headerPairs: PART_HEADERS_MAX,
        headerSize: PART_HEADER_BYTES_MAX,
      },
    });
  } catch (error) {
    throw uploadProblem(
      'MULTIPART_MALFORMED',
      'the Content-Type has no boundary: let the client library write this header',
      { cause: error },
    );
  }
}

/** One body being read. */
class Upload {
  readonly #fields = new Map<string, string>();
  #source: BusboyFileStream | undefined;
  #storing: Promise<ReceivedFile> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(private readonly target: UploadTarget) {}

  /** Resolves when the body was read to its end; rejects with the first thing that is wrong with it. */
  readParts(request: IncomingMessage, parser: BusboyInstance): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const tooMany = (): void => {
        reject(uploadProblem('TOO_MANY_PARTS', 'send one file and each field once'));
      };
      const aborted = (cause?: unknown): void => {
        reject(
          uploadProblem(
            'UPLOAD_ABORTED',
            'the connection closed before the last byte; nothing was kept, send the file again',
            { cause },
          ),
        );
      };
      parser.on('partsLimit', tooMany).on('fieldsLimit', tooMany).on('filesLimit', tooMany);
      parser.on('field', (name: string | undefined, value, nameCut, valueCut) => {
        const problem = this.#addField(name ?? '', value, nameCut || valueCut);
        if (problem !== undefined) reject(problem);
      });
      parser.on('file', (field: string | undefined, source, name: string | undefined) => {
        this.#source = source;
        // The reader tells what went wrong; without a listener, an error after it has left would end the process.
        source.on('error', () => undefined);
        if (field === 'file') {
          this.#storing = this.#store(source, fileName(name));
          this.#storing.catch(reject);
        } else {
          source.resume();
          reject(
            fieldsInvalid([
              { field: field ?? '', code: 'unexpected', message: 'is no file: send the CSV in the part named file' },
            ]),
          );
        }
      });
      parser.on('error', (cause) => {
        reject(
          uploadProblem(
            'MULTIPART_MALFORMED',
            'the body does not end with its boundary; nothing was kept, send the file again',
            { cause },
          ),
        );
      });
      parser.on('finish', resolve);
      request.once('error', aborted).once('close', () => {
        if (!request.complete) aborted();
      });
      this.#unwatch = watchBody(
        { request, parser, fileBytes: () => this.#source?.bytesRead ?? 0, pace: this.target.pace },
        reject,
      );
      request.pipe(parser);
    }).finally(() => {
      this.#unwatch?.();
    });
  }

  /** The file is in storage, whole. */
  async complete(): Promise<ReceivedUpload> {
    if (this.#storing === undefined) throw uploadProblem('FILE_MISSING', 'send the CSV in a part named file');
    return { fields: this.#fields, file: await this.#storing };
  }

  /** Leaves nothing in storage, whether the file was being written or already there. */
  async discard(reason: unknown): Promise<void> {
    this.#source?.destroy(reason instanceof Error ? reason : new Error('the upload was refused', { cause: reason }));
    // Storage clears up after a body that fails; one that it took whole is removed here.
    const [outcome] = await Promise.allSettled([this.#storing]);
    if (outcome.status === 'fulfilled' && outcome.value !== undefined)
      await this.target.storage.remove(this.target.key);
  }

  #addField(name: string, value: string, wasCut: boolean): Error | undefined {
    if (wasCut) return fieldsInvalid([{ field: name, code: 'too_big', message: 'is too long' }]);
    if (this.#fields.has(name)) return fieldsInvalid([{ field: name, code: 'repeated', message: 'was sent twice' }]);
    this.#fields.set(name, value);
    return undefined;
  }

  async #store(source: BusboyFileStream, name: string): Promise<ReceivedFile> {
    const { storage, key } = this.target;
    const seen = { hash: createHash('sha256'), bytes: 0, head: new HeadBuffer() };
    await storage.put(key, this.#checked(source, seen));
    return { name, bytes: seen.bytes, sha256: seen.hash.digest('hex'), head: seen.head.bytes };
  }

  /** The file's blocks as they come, each looked at before it is stored. */
  async *#checked(source: BusboyFileStream, seen: Seen): AsyncGenerator<Buffer> {
    const { bytesMax, beforeFile, checkHead } = this.target;
    await beforeFile(this.#fields);
    let isHeadChecked = false;
    for await (const block of source as AsyncIterable<Buffer>) {
      seen.bytes += block.length;
      if (seen.bytes > bytesMax) throw fileTooLarge(bytesMax);
      seen.hash.update(block);
      if (!isHeadChecked && seen.head.add(block)) {
        checkHead(seen.head.bytes, this.#fields);
        isHeadChecked = true;
      }
      yield block;
    }
    if (!isHeadChecked) checkHead(seen.head.bytes, this.#fields);
  }
}

interface Seen {
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
  readonly head: HeadBuffer;
}

/** The first HEAD_BYTES_MAX of a stream. */
class HeadBuffer {
  #blocks: Buffer[] = [];
  #length = 0;

  /** True once it is full. */
  add(block: Buffer): boolean {
    const wanted = block.subarray(0, HEAD_BYTES_MAX - this.#length);
    this.#blocks.push(wanted);
    this.#length += wanted.length;
    return this.#length === HEAD_BYTES_MAX;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#blocks);
  }
}

/** One line, bounded: it is stored and shown, and nothing else. */
function fileName(name: string | undefined): string {
  const cleaned = showable(name ?? '');
  return cleaned === '' ? 'upload.csv' : cleaned.slice(0, FILE_NAME_CHARS_MAX);
}
