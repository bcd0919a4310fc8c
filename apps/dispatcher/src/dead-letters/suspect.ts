import type { EntityManager } from 'typeorm';
import { decodeMessage } from '#contracts';
import { scanRecords } from '#debts-csv';
import type { DeadLetter } from '#broker';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import { findChunkBytes, findDebtLines } from './dead-letter.queries.ts';
import type { Part } from '#batches';
import type { Suspicion } from './suspicion.ts';

/**
 * What a dead letter of a validating or issuing queue is about: its part of a chunk and the rows in it. Undefined for
 * other letters, and for a part of a chunk that does not exist.
 */
export async function suspect(tx: EntityManager, storage: Storage, letter: DeadLetter): Promise<Suspicion | undefined> {
  switch (letter.queue) {
    case 'chunk-validator.chunks':
    case 'chunk-validator.suspects': {
      const decoded = decodeMessage('chunk.ready.v1', letter.body);
      return decoded.ok ? await suspectRows(tx, storage, decoded.message) : undefined;
    }
    case 'boleto-generator.chunks':
    case 'boleto-generator.suspects': {
      const decoded = decodeMessage('chunk.validated.v1', letter.body);
      if (!decoded.ok) return undefined;
      return { stage: 'issue', part: decoded.message, lines: await findDebtLines(tx, decoded.message) };
    }
    default:
      return undefined;
  }
}

/** Rows that were never validated are nowhere but in the file: its scanner says on which lines they start. */
async function suspectRows(tx: EntityManager, storage: Storage, part: Part): Promise<Suspicion | undefined> {
  const chunk = await findChunkBytes(tx, part);
  if (chunk === undefined) return undefined;
  const { storageKey, byteOffset, byteLength, firstLine, dialect } = chunk;
  try {
    const bytes = await storage.read(storageKey, { offset: byteOffset, length: byteLength });
    const lines = scanRecords(bytes, dialect, firstLine)
      .map(({ line }) => line)
      .filter((line) => line >= part.fromLine && (part.toLine === null || line <= part.toLine));
    return { stage: 'validate', part, lines };
  } catch (error) {
    if (error instanceof StorageKeyNotFoundError) return { stage: 'validate', part, lines: undefined };
    throw error;
  }
}
