import { basename } from 'node:path';
import { readRetorno, type ReadResult } from '#cnab';
import { UsageError, type CommandIo } from '../command-io.ts';

export interface BankFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly result: ReadResult;
}

/** Reads a file of the command line; one that does not exist is a fault of the command. */
export async function readBankFile(path: string, io: CommandIo): Promise<BankFile> {
  const bytes = await bytesOf(path, io);
  return { path, name: basename(path), bytes, result: readRetorno(bytes) };
}

async function bytesOf(path: string, io: CommandIo): Promise<Uint8Array> {
  try {
    return await io.readBytes(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} cannot be read: ${reason}`, { cause: error });
  }
}
