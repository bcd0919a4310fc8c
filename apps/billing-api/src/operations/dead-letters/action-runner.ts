import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Tenancy } from '#access';
import { ProblemError } from '#http';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import {
  beginAction,
  carryOut,
  runAction,
  type ActionRequest,
  type ActionResult,
  type BegunAction,
} from './run-action.ts';

/** Actions in the background of this process. Each holds one connection of the pool at a time. */
const BACKGROUND_MAX = 4;
const RETRY_AFTER_SECONDS = 30;

/** Runs the actions of operators, while the client waits for the end or in the background. */
@Injectable()
export class ActionRunner implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #places = BACKGROUND_MAX;

  constructor(
    private readonly tenancy: Tenancy,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async run(request: ActionRequest): Promise<ActionResult> {
    const result = await runAction(this.tenancy, request);
    this.#logDone(request, result);
    return result;
  }

  /** The id of an action that is on record and goes on by itself. @throws ProblemError 503 ACTIONS_FULL */
  async start(request: ActionRequest): Promise<string> {
    if (this.#places === 0) throw actionsFull();
    this.#places -= 1;
    let begun: BegunAction;
    try {
      begun = await beginAction(this.tenancy, request);
    } catch (error) {
      this.#places += 1;
      throw error;
    }
    const work = this.#goOn(request, begun).finally(() => {
      this.#places += 1;
      this.#background.delete(work);
    });
    this.#background.add(work);
    return begun.actionId;
  }

  /** A page in hand is finished. The rest is not done: the action is interrupted, and repeating it does the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort(new Error('told to stop'));
    await Promise.all(this.#background);
  }

  async #goOn(request: ActionRequest, begun: BegunAction): Promise<void> {
    try {
      this.#logDone(request, await carryOut(this.tenancy, request, begun, this.#stopping.signal));
    } catch (error) {
      this.logger.error('an action on dead letters was interrupted', {
        event: 'dead_letter.interrupted',
        action: request.name,
        actionId: begun.actionId,
        error,
      });
    }
  }

  #logDone(request: ActionRequest, result: ActionResult): void {
    this.logger.info('dead letters were dealt with', {
      event: `dead_letter.${request.name}`,
      actionId: result.actionId,
      letters: result.done,
      refusals: result.refusals,
    });
  }
}

function actionsFull(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'ACTIONS_FULL',
    title: 'Too many actions are running in the background',
    detail: 'Nothing was changed. Send the same request again when one of GET /v1/dead-letters/actions has finished.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}
