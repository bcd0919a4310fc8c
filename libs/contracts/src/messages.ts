import { z } from 'zod';

const batchId = z.uuid();

/**
 * A part of a batch: the records of chunk `chunkNo` that start on a physical line from `fromLine` to `toLine`, both
 * included; `toLine: null` is the chunk's end. Lines, because every stage can find its rows by them.
 */
const chunkPart = z.strictObject({
  batchId,
  chunkNo: z.int().nonnegative(),
  fromLine: z.int().positive(),
  toLine: z.int().positive().nullable(),
});

/**
 * Every message of the system, by name. Messages carry ids and ranges, never rows and never personal data.
 * A name is never reused for another shape: a new shape is a new name (`…v2`).
 */
const messages = {
  /** A file is in storage and its batch row is committed. */
  'batch.received.v1': z.strictObject({ batchId }),
  /** A chunk of the file has been cut and may be validated. */
  'chunk.ready.v1': chunkPart,
  /** A part that failed again and again, or killed its worker: to be validated alone. */
  'suspect.ready.v1': chunkPart,
  /** A part whose debts could not be issued: to be issued alone. */
  'suspect.validated.v1': chunkPart,
  /** The chunk's debts and rejections are committed. */
  'chunk.validated.v1': chunkPart,
  /** The chunk's boletos are committed. */
  'chunk.issued.v1': chunkPart,
  /** One notification is to be tried (again), alone. */
  'notification.due.v1': z.strictObject({ batchId, boletoId: z.uuid(), kind: z.enum(['boleto_issued']) }),
  /** An export of a batch was asked for. */
  'export.requested.v1': z.strictObject({ batchId, exportId: z.uuid() }),
  /** One chunk's share of an export is to be written. */
  'export.part.v1': z.strictObject({ batchId, exportId: z.uuid(), partNo: z.int().nonnegative() }),
  /** Every part of an export is in storage, or one never will be: they are to be joined, or cleared away. */
  'export.close.v1': z.strictObject({ batchId, exportId: z.uuid() }),
} as const;

/** A part of a chunk: the rows that one message of a stage is about. */
export type ChunkPart = z.infer<typeof chunkPart>;

export type MessageName = keyof typeof messages;
export type Message<N extends MessageName> = z.infer<(typeof messages)[N]>;

/** Every message's name. */
export const messageNames = Object.keys(messages) as readonly MessageName[];

/** The bytes of a message body are bounded: a message is a claim check, never the goods. */
const MESSAGE_BYTES_MAX = 64 * 1024;

export type DecodedMessage<N extends MessageName> =
  { readonly ok: true; readonly message: Message<N> } | { readonly ok: false; readonly reason: string };

/** Parses a message body against the schema of `name`; a body that breaks it is a value, not an exception. */
export function decodeMessage<N extends MessageName>(name: N, body: Uint8Array): DecodedMessage<N> {
  if (body.byteLength > MESSAGE_BYTES_MAX) {
    return { ok: false, reason: `body of ${body.byteLength.toString()} bytes is over ${MESSAGE_BYTES_MAX.toString()}` };
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return { ok: false, reason: 'body is not UTF-8 JSON' };
  }
  const parsed = messages[name].safeParse(json);
  if (!parsed.success)
    return { ok: false, reason: `body breaks the schema of ${name}: ${z.prettifyError(parsed.error)}` };
  return { ok: true, message: parsed.data as Message<N> };
}

/** Checks a message before it is published. Throws: a sender that breaks its own contract is a programmer error. */
export function checkMessage<N extends MessageName>(name: N, message: Message<N>): Message<N> {
  return messages[name].parse(message) as Message<N>;
}

/** True if `name` is a message of this version of the system. */
export function isMessageName(name: string): name is MessageName {
  return Object.hasOwn(messages, name);
}
