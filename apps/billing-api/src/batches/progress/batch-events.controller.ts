import type { ServerResponse } from 'node:http';
import { Controller, Ip, Param, Res } from '@nestjs/common';
import { Caller, type Principal } from '#access';
import { clientKey, idPipe, notFound, ProblemError, Route } from '#http';
import { addLogContext } from '#observability';
import { Places } from '../../places.ts';
import { BatchReader } from './batch-reader.ts';
import { sendEvents } from './event-stream.ts';
import { ProgressFeed } from './progress-feed.ts';

/** Each is an open connection; the rest of the server's are for requests that end. */
const STREAMS_MAX = 500;
/** A person has a few pages open; behind one address there may be an office. */
const CLIENT_STREAMS_MAX = 20;
const RETRY_AFTER_SECONDS = 30;

@Controller()
export class BatchEventsController {
  readonly #places = new Places(STREAMS_MAX, CLIENT_STREAMS_MAX);

  constructor(
    private readonly reader: BatchReader,
    private readonly feed: ProgressFeed,
  ) {}

  @Route('GET /v1/batches/{id}/events')
  async events(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Ip() address: string | undefined,
    @Res() response: ServerResponse,
  ): Promise<void> {
    addLogContext({ batchId: id });
    const full = this.#places.take(clientKey(address), response);
    if (full !== undefined) throw full === 'client' ? clientStreamsFull() : tooManyStreams();
    if ((await this.reader.read(caller, id)) === undefined) throw notFound('batch', id);
    if (response.destroyed) return;
    sendEvents(response, (listener) => this.feed.subscribe(caller, id, listener));
  }
}

function clientStreamsFull(): ProblemError {
  return new ProblemError({
    status: 429,
    code: 'CLIENT_STREAMS_FULL',
    title: 'This address has too many event streams open',
    detail: `At most ${CLIENT_STREAMS_MAX.toString()} at once. Close some, or ask GET /v1/batches/{id} now and then.`,
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}

function tooManyStreams(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'TOO_MANY_STREAMS',
    title: 'Too many event streams are open',
    detail: 'Ask GET /v1/batches/{id} now and then instead, or come back later.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}
