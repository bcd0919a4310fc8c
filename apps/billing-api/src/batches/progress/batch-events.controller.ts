import type { ServerResponse } from 'node:http';
import { Controller, Param, Res } from '@nestjs/common';
import { Caller, OpenPlaces, type Principal } from '#access';
import { idPipe, notFound, Route } from '#http';
import { addLogContext } from '#observability';
import { BatchReader } from './batch-reader.ts';
import { sendEvents } from './event-stream.ts';
import { ProgressFeed } from './progress-feed.ts';

const RETRY_AFTER_SECONDS = 30;

@Controller()
export class BatchEventsController {
  readonly #places = new OpenPlaces({
    what: 'event streams',
    ofKey: 'streamsOpenOfKey',
    ofOrganization: 'streamsOpenOfOrganization',
    ofProcess: 'streamsOpen',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

  constructor(
    private readonly reader: BatchReader,
    private readonly feed: ProgressFeed,
  ) {}

  @Route('GET /v1/batches/{id}/events')
  async events(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Res() response: ServerResponse,
  ): Promise<void> {
    addLogContext({ batchId: id });
    response.once('close', this.#places.take(caller));
    if ((await this.reader.read(caller, id)) === undefined) throw notFound('batch', id);
    if (response.destroyed) return;
    sendEvents(response, (listener) => this.feed.subscribe(caller, id, listener));
  }
}
