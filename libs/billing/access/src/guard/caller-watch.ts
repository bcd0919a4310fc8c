import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { routes, type RouteAccess, type RouteKey } from '#contracts/http';
import type { Logger } from '#observability';
import { RepeatingTask } from '#process';
import type { Principal } from '../principal.ts';
import type { GuardedRequest } from './find-caller.ts';
import { refusalOf } from './refusal-of.ts';

/** The time between two looks at the callers of open answers. */
const EVERY_MS = 5_000;

interface OpenAnswer {
  /** The caller as it was when the answer began. */
  readonly principal: Principal;
  readonly end: () => void;
}

interface Watched {
  readonly request: GuardedRequest;
  readonly access: RouteAccess;
  readonly answers: Set<OpenAnswer>;
}

/** The request of an answer that stays open, the caller that the guard has found, and the way to end the answer. */
export interface AnswerToWatch extends OpenAnswer {
  readonly request: GuardedRequest;
  readonly route: RouteKey;
}

export interface CallerWatchParts {
  /** The caller of a request as it is now; undefined if its key or session has ended. */
  readonly find: (request: GuardedRequest) => Promise<Principal | undefined>;
  readonly logger: Logger;
  readonly everyMs?: number;
}

/**
 * Ends answers that stay open, such as event streams, when the guard would not let their caller in any more: a revoked
 * or expired key, a session that was ended, a permission that is gone. Each caller is looked up every five seconds, one
 * after another and once for all its answers, so the work does not grow with what the answers send.
 */
export class CallerWatch implements OnModuleInit, OnApplicationShutdown {
  readonly #watched = new Map<string, Watched>();
  readonly #task: RepeatingTask;
  readonly #find: CallerWatchParts['find'];
  readonly #logger: Logger;

  constructor({ find, logger, everyMs = EVERY_MS }: CallerWatchParts) {
    this.#find = find;
    this.#logger = logger;
    // A database that is away costs a round. The answers have nothing to tell meanwhile.
    this.#task = new RepeatingTask('watch-callers', everyMs, logger, () => this.#look());
  }

  onModuleInit(): void {
    this.#task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#task.stop();
  }

  /** Watches the caller of an answer until the function that is returned is called. */
  begin({ request, route, principal, end }: AnswerToWatch): () => void {
    const name = nameOf(principal, request, route);
    const { headers, ip } = request;
    const watched = this.#watched.get(name) ?? {
      request: { headers, ip },
      access: routes[route].access,
      answers: new Set(),
    };
    this.#watched.set(name, watched);
    const answer = { principal, end };
    watched.answers.add(answer);
    return () => {
      watched.answers.delete(answer);
      if (watched.answers.size === 0 && this.#watched.get(name) === watched) this.#watched.delete(name);
    };
  }

  async #look(): Promise<void> {
    for (const { request, access, answers } of this.#watched.values()) {
      // The last one may have gone while others were looked up.
      if (answers.size === 0) continue;
      const now = await this.#find(request);
      const isIn = now !== undefined && refusalOf(access, now, new Date()) === undefined;
      for (const { principal, end } of answers) {
        if (isIn && reachesTheSame(now, principal)) continue;
        const { id: callerId, organizationId } = principal;
        this.#logger.info('an open answer was ended', { event: 'caller.ended', callerId, organizationId });
        end();
      }
    }
  }
}

/** The same for all answers of a key from one address, or of a session, that one look decides. */
function nameOf({ id, session }: Principal, { ip }: GuardedRequest, route: RouteKey): string {
  return JSON.stringify([session?.idHash.toString('base64') ?? id, ip, route]);
}

/** A caller that sees other issuers than before asks again, so that the route decides what it may see. */
function reachesTheSame(now: Principal, before: Principal): boolean {
  const { organizationId, issuerIds } = before;
  return now.organizationId === organizationId && JSON.stringify(now.issuerIds) === JSON.stringify(issuerIds);
}
