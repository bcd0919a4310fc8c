import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { uploadProblem } from '../uploads/upload-problems.ts';
import { SpeedWindow, TICKS } from './speed-window.ts';

/** The bytes of a body beside the file: boundaries, part headers, fields. */
export const ENVELOPE_BYTES_MAX = 64 * 1024;
/** The parser holds up to a block of the socket that is neither in its queue nor in the file yet. */
const HELD_BYTES_MAX = 64 * 1024;

/** A client that sends less than this is refused: it would hold a place, and memory, for as long as it likes. */
export interface Pace {
  readonly bytesPerSecond: number;
  /** Over any time of this length. */
  readonly windowMs: number;
}

export interface WatchedBody {
  readonly request: IncomingMessage;
  /** Reads the request. Pipe it after this call. */
  readonly parser: Writable;
  /** Bytes of the file that the parser has found. */
  readonly fileBytes: () => number;
  readonly pace: Pace;
}

/**
 * Calls `refuse` when a body has too much beside its file, or comes too slowly. Time in which we do not read, because
 * storage is busy, is not the client's and not counted. Ends when what is returned is called.
 */
export function watchBody(body: WatchedBody, refuse: (problem: Error) => void): () => void {
  const { request, parser, fileBytes, pace } = body;
  const window = new SpeedWindow((pace.bytesPerSecond * pace.windowMs) / 1_000);
  let received = 0;
  let sinceTick = 0;
  let hasPaused = false;

  const count = (block: Buffer): void => {
    // This block is not with the parser yet: what came before it is in the parser's queue, in the file, or beside it.
    const beside = received - parser.writableLength - fileBytes();
    received += block.length;
    sinceTick += block.length;
    if (beside > ENVELOPE_BYTES_MAX + HELD_BYTES_MAX) {
      refuse(
        uploadProblem('ENVELOPE_TOO_LARGE', `beside the file, send at most ${ENVELOPE_BYTES_MAX.toString()} bytes`),
      );
    }
  };
  const notePause = (): void => {
    hasPaused = true;
  };
  const timer = setInterval(() => {
    const isOurs = hasPaused || request.isPaused() || request.complete;
    hasPaused = false;
    if (!isOurs && window.add(sinceTick)) refuse(tooSlow(pace));
    sinceTick = 0;
  }, pace.windowMs / TICKS);
  request.on('data', count).on('pause', notePause);
  return () => {
    clearInterval(timer);
    request.off('data', count).off('pause', notePause);
  };
}

function tooSlow({ bytesPerSecond, windowMs }: Pace): Error {
  return uploadProblem(
    'UPLOAD_TOO_SLOW',
    `less than ${bytesPerSecond.toString()} bytes a second came for ${(windowMs / 1_000).toString()} seconds; ` +
      'nothing was kept, send the file again over a faster connection',
  );
}
