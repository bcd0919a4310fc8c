import { z } from 'zod';
import type { SharedRateName } from './access/limits.ts';
import type { RouteAccess } from './access/route-access.ts';

/** The processes that answer HTTP behind the gateway. */
export type ApiName = 'upload-api' | 'billing-api';

/** An answer in JSON. */
export interface JsonAnswer {
  readonly description: string;
  readonly schema: z.ZodType;
}

/** An answer that is a file or a stream: its media types, each with an example if it is text. */
export interface FileAnswer {
  readonly description: string;
  readonly files: Readonly<Record<string, { readonly example?: string }>>;
}

/** An answer that sends the browser to another address, without a body. */
export interface RedirectAnswer {
  readonly description: string;
  readonly isRedirect: true;
}

/** A route as data: what it takes, what it answers, and with which codes it refuses. */
export interface RouteSpec {
  /** The app that answers; the gateway forwards to it, the other app refuses with 421 MISDIRECTED. */
  readonly servedBy: ApiName;
  /** Its demand on the caller. The guard obeys it, and OpenAPI tells it. */
  readonly access: RouteAccess;
  /** The limit that it counts against, in addition to those of every route. */
  readonly limit?: SharedRateName;
  /** The name of the operation in OpenAPI; clients are generated from it, so it stays. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The parameters of the path. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Headers that only this route reads. All of them are optional. */
  readonly headers?: z.ZodObject;
  /** A JSON body. */
  readonly body?: z.ZodType;
  /** A multipart/form-data body. */
  readonly form?: z.ZodObject;
  /** An application/x-www-form-urlencoded body. */
  readonly urlEncoded?: z.ZodObject;
  readonly answers: Readonly<
    Partial<Record<200 | 201 | 202 | 206, JsonAnswer | FileAnswer> & Record<302, RedirectAnswer>>
  >;
  /** Its own codes by status. What every route can be refused with is not listed. */
  readonly refusals?: Readonly<Record<number, readonly string[]>>;
}

/** The parameter of a route that names one thing by its UUID. */
export const byId = z.object({ id: z.uuid() });

/** The codes of the 503s of a route that makes new work, while the work cannot be passed on. */
export const BACK_PRESSURE_CODES = ['BROKER_BLOCKED', 'OUTBOX_FULL'] as const;
