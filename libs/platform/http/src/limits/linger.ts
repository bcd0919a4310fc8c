import type { IncomingMessage, ServerResponse } from 'node:http';
import { prepareProblem } from '../problems/answer-problem.ts';
import type { ProblemOptions } from '../problems/problem.ts';

/** Bytes that a refused client may still send before its connection is cut. */
const LINGER_BYTES_MAX = 64 * 1024 * 1024;
const LINGER_MS_MAX = 5_000;

/** True while the request's body has not been read to its end. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete || request.destroyed) return false;
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** Refuses a request, also while its body is on its way. */
export async function answerWithProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: ProblemOptions,
): Promise<void> {
  if (response.headersSent) {
    // Half an answer is out: a broken connection is the only way left to say that the rest will not come.
    response.destroy();
    return;
  }
  const body = prepareProblem(response, problem);
  if (hasUnreadBody(request)) await answerUnreadRequest(request, response, body);
  else response.end(body);
}

/**
 * Sends `body`, whole, while the client may still be sending its own, and closes the connection. Closing at once would
 * reset it, and the reset overtakes the answer: the client would see a broken connection instead of the reason. So the
 * rest of its body is thrown away first, within bounds (nginx calls this a lingering close).
 */
async function answerUnreadRequest(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  response.setHeader('Connection', 'close');
  // Complete for the client, by its Content-Length; not ended, for ending it would close the connection.
  response.write(body);
  await discardRest(request);
  response.end();
}

/** Reads what is left of the body and forgets it, within bounds. */
export function discardRest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', count).pause();
      resolve();
    };
    const count = (block: Buffer): void => {
      bytes += block.length;
      if (bytes > LINGER_BYTES_MAX) stop();
    };
    const timer = setTimeout(stop, LINGER_MS_MAX);
    request.once('end', stop).once('close', stop).once('error', stop);
    request.on('data', count).resume();
  });
}
