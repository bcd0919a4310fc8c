import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { failureClasses, failureClassNames, isFailureClass } from '#contracts';
import { AmbiguousCommitError } from '#database';
import { StorageKeyNotFoundError, StorageUnavailableError } from '#storage';
import { classifyError } from './classify-error.ts';

const sqlError = (code: string): Error =>
  new QueryFailedError('select 1', [], Object.assign(new pg.DatabaseError('', 0, 'error'), { code }));

describe('classifyError', () => {
  test.each([
    ['a lost connection to the database', sqlError('08006'), 'unavailable'],
    ['a database that shuts down', sqlError('57P01'), 'unavailable'],
    ['a database whose libraries were replaced under it', sqlError('58P01'), 'unavailable'],
    ['a database whose disk is full', sqlError('53100'), 'unavailable'],
    ['a database whose disk fails', sqlError('58030'), 'unavailable'],
    [
      'a host name of the database that cannot be resolved',
      Object.assign(new Error(), { code: 'EAI_AGAIN' }),
      'unavailable',
    ],
    ['a host name of the database that is not known', Object.assign(new Error(), { code: 'ENOTFOUND' }), 'unavailable'],
    ['a database that cannot be reached', Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'unavailable'],
    ['a commit with an unknown outcome', new AmbiguousCommitError(new Error('lost')), 'unavailable'],
    ['a deadlock', sqlError('40P01'), 'throttled'],
    ['a database without a connection left', sqlError('53300'), 'throttled'],
    ['a storage that is away', new StorageUnavailableError('ECONNREFUSED'), 'unavailable'],
    ['a file that is not there', new StorageKeyNotFoundError('uploads/a.csv'), 'transient'],
    ['a broken constraint', sqlError('23514'), 'unknown'],
    ['a bug', new TypeError('undefined is not a function'), 'unknown'],
    ['any other thrown value', 'a text', 'unknown'],
  ])('%s is classified by its type or code', (_what, error, failureClass) => {
    expect(classifyError(error)).toBe(failureClass);
  });
});

function fatesWhere(column: 'opensBreaker' | 'halves'): readonly string[] {
  return failureClassNames.filter((name) => failureClasses[name][column]).map((name) => failureClasses[name].fate);
}

test('only classes that spend no attempt open a breaker, and postponed parts are never halved', () => {
  expect(new Set(fatesWhere('opensBreaker'))).toEqual(new Set(['postpone']));
  expect(fatesWhere('halves')).not.toContain('postpone');
});

test('a class is recognised by its exact name only', () => {
  expect(failureClassNames.every(isFailureClass)).toBe(true);
  expect(['', 'toString', 'exhausted', undefined, 7].some(isFailureClass)).toBe(false);
});
