import type { ServerResponse } from 'node:http';
import { Controller, Get, Ip, Param, Res } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { clientKey, idPipe, notFound, ProblemError, problemSchema } from '#http';
import { addLogContext } from '#observability';
import { Places } from '../places.ts';
import { BatchReader } from './batch-reader.ts';
import { sendEvents } from './event-stream.ts';
import { ProgressFeed } from './progress-feed.ts';

/** Each is an open connection; the rest of the server's are for requests that end. */
const STREAMS_MAX = 500;
/** A person has a few pages open; behind one address there may be an office. */
const CLIENT_STREAMS_MAX = 20;
const RETRY_AFTER_SECONDS = 30;

@ApiTags('batches')
@Controller('v1/batches/:id/events')
export class BatchEventsController {
  private readonly places = new Places(STREAMS_MAX, CLIENT_STREAMS_MAX);

  constructor(
    private readonly reader: BatchReader,
    private readonly feed: ProgressFeed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The progress of a batch as server-sent events',
    description:
      'A `snapshot` whenever something has changed, at most twice a second, and at once with the state as it is. ' +
      'When the batch has ended and its notifications are settled, one `final`, and the stream ends: close the ' +
      'EventSource then, or it comes back for the same. The data of both is what GET /v1/batches/{id} answers.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({
    description: 'The stream.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'event: snapshot\ndata: {"id":"0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e","status":"processing", …}\n\n',
      },
    },
  })
  @ApiNotFoundResponse({ standardSchema: problemSchema, description: 'BATCH_NOT_FOUND' })
  @ApiResponse({ status: 429, standardSchema: problemSchema, description: 'CLIENT_STREAMS_FULL' })
  @ApiResponse({ status: 503, standardSchema: problemSchema, description: 'TOO_MANY_STREAMS' })
  async events(
    @Param('id', idPipe) id: string,
    @Ip() address: string | undefined,
    @Res() response: ServerResponse,
  ): Promise<void> {
    addLogContext({ batchId: id });
    const full = this.places.take(clientKey(address), response);
    if (full !== undefined) throw full === 'client' ? clientStreamsFull() : tooManyStreams();
    if ((await this.reader.read(id)) === undefined) throw notFound('batch', id);
    if (response.destroyed) return;
    sendEvents(response, (listener) => this.feed.subscribe(id, listener));
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
