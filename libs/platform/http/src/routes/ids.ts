import type { PipeTransform } from '@nestjs/common';
import { ProblemError } from '../problems/problem.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** A UUID in its usual form, in lower case. Anything else is 400 ID_INVALID, not a 404: it was never one of ours. */
export const idPipe: PipeTransform<string, string> = {
  transform: (text) => {
    const id = text.toLowerCase();
    if (UUID.test(id)) return id;
    throw new ProblemError({
      status: 400,
      code: 'ID_INVALID',
      title: 'Not an id',
      detail: 'An id looks like 0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e. Take it from an answer of this API as it is.',
    });
  },
};

/** Where ids are found. */
const WHERE = {
  batch: 'GET /v1/batches lists the batches.',
  boleto: 'The ids of the boletos of a batch are in its results.csv.',
  export: 'GET /v1/batches/{id}/exports lists the exports of a batch.',
  issuer: 'GET /v1/issuers lists the issuers.',
  proposal: 'GET /v1/issuer-proposals lists what was proposed.',
} as const;

/** 404 with the code BATCH_NOT_FOUND, BOLETO_NOT_FOUND … */
export function notFound(thing: keyof typeof WHERE, id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: `${thing.toUpperCase()}_NOT_FOUND`,
    title: `No such ${thing}`,
    detail: `There is no ${thing} ${id}. ${WHERE[thing]}`,
  });
}
