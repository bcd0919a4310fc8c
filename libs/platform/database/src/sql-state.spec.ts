import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { describe, expect, test } from 'vitest';
import {
  commitWasRefused,
  databaseTrouble,
  isRetryable,
  retryDelay,
  sqlState,
  violatedConstraint,
} from './sql-state.ts';

function serverError(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('as the server words it', 0, 'error'), { code });
}

function systemError(code: string): Error {
  return Object.assign(new Error('as the system words it'), { code });
}

describe('sqlState', () => {
  test("sqlState reads the code of a server error, with or without TypeORM's wrapper", () => {
    expect(sqlState(serverError('40P01'))).toBe('40P01');
    expect(sqlState(new QueryFailedError('select 1', [], serverError('23505')))).toBe('23505');
  });

  test('sqlState does not take the five letters of EPIPE for an SQLSTATE', () => {
    expect(sqlState(systemError('EPIPE'))).toBeUndefined();
    expect(sqlState('40P01')).toBeUndefined();
  });
});

test('a violated unique constraint is returned by name, and another kind of constraint is not', () => {
  const constraint = 'boletos_one_per_debt';
  const refused = (code: string): Error => Object.assign(serverError(code), { constraint });
  expect(violatedConstraint(refused('23505'))).toBe(constraint);
  expect(violatedConstraint(new QueryFailedError('insert', [], refused('23505')))).toBe(constraint);
  expect(violatedConstraint(refused('23514'))).toBeUndefined();
  expect(violatedConstraint(Object.assign(systemError('23505'), { constraint }))).toBeUndefined();
});

describe('isRetryable', () => {
  test.each(['40001', '40P01', '55P03', '57P01', '57P03', '53100', '53300', '08006', '58030', '58P01'])(
    '%s is retryable',
    (code) => {
      expect(isRetryable(new QueryFailedError('select 1', [], serverError(code)))).toBe(true);
    },
  );

  test.each(['23505', '23514', '42P01', '57014', '28P01', '22P02'])('%s is not retryable', (code) => {
    expect(isRetryable(serverError(code))).toBe(false);
  });

  test('a server that cannot be reached at any of its addresses is retryable', () => {
    expect(isRetryable(systemError('ECONNREFUSED'))).toBe(true);
    expect(isRetryable(new AggregateError([systemError('ECONNREFUSED'), systemError('ENETUNREACH')]))).toBe(true);
  });

  test('an error in the code is retryable only if the connection is known to be lost', () => {
    const error = new TypeError('undefined is not a function');
    expect(isRetryable(error)).toBe(false);
    expect(retryDelay(error, true)).toBeDefined();
  });

  test('a refusal stays a refusal when the connection is lost afterwards', () => {
    expect(retryDelay(serverError('23505'), true)).toBeUndefined();
  });
});

describe('databaseTrouble', () => {
  test.each(['40001', '40P01', '53300', '55P03'])('after %s the database is busy', (code) => {
    expect(databaseTrouble(new QueryFailedError('select 1', [], serverError(code)))).toBe('busy');
  });

  test.each(['08006', '25006', '57P01', '57P03'])('after %s the database is away', (code) => {
    expect(databaseTrouble(serverError(code))).toBe('away');
  });

  test('an unreachable database is away, and an error in the code is not its trouble', () => {
    expect(databaseTrouble(systemError('ECONNREFUSED'))).toBe('away');
    expect(databaseTrouble(serverError('23505'))).toBeUndefined();
    expect(databaseTrouble(new TypeError('undefined is not a function'))).toBeUndefined();
  });
});

describe('commitWasRefused', () => {
  test.each(['23503', '40001', '40P01', '25P02'])('%s at COMMIT is a refusal: nothing was committed', (code) => {
    expect(commitWasRefused(serverError(code))).toBe(true);
  });

  test.each(['57P01', '57P02', '08006', '08007', '40003'])('after %s at COMMIT the outcome is unknown', (code) => {
    expect(commitWasRefused(serverError(code))).toBe(false);
  });

  test('after a connection lost at COMMIT the outcome is unknown', () => {
    expect(commitWasRefused(systemError('ECONNRESET'))).toBe(false);
  });
});
