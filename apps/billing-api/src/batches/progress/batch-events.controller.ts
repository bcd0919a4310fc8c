import type { ServerResponse } from 'node:http';
import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { Caller, CallerWatch, OpenPlaces, type GuardedRequest, type Principal } from '#access';
import { idPipe, notFound, Route } from '#http';
import { addLogContext } from '#observability';
import { BatchReader } from './batch-reader.ts';
import { sendEvents } from './event-stream.ts';
import { ProgressFeed } from './progress-feed.ts';

const RETRY_AFTER_SECONDS = 30;
const ROUTE = 'GET /v1/batches/{id}/events';

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
    @Inject(CallerWatch) private readonly watch: CallerWatch,
  ) {}

  @Route(ROUTE)
  async events(
    @Caller() principal: Principal,
    @Param('id', idPipe) id: string,
    @Req() request: GuardedRequest,
    @Res() response: ServerResponse,
  ): Promise<void> {
    addLogContext({ batchId: id });
    response.once('close', this.#places.take(principal));
    if ((await this.reader.read(principal, id)) === undefined) throw notFound('batch', id);
    if (response.destroyed) return;
    // A client that asks again is told the reason by the guard.
    const end = () => response.end();
    sendEvents(response, (listener) => {
      const unwatch = this.watch.begin({ request, route: ROUTE, principal, end });
      const unsubscribe = this.feed.subscribe(principal, id, listener);
      return () => {
        unwatch();
        unsubscribe();
      };
    });
  }
}
