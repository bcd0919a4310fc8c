import { describe, expect, test } from 'vitest';
import { ProblemError } from '#http';
import { parseUploadFields, readingOf } from './upload-fields.ts';

const ISSUER = '0190b5c6-0000-7000-8000-0000000000ab';

function parse(fields: Record<string, string>) {
  return parseUploadFields(new Map(Object.entries(fields)));
}

function problemsOf(fields: Record<string, string>): unknown {
  try {
    parse(fields);
    return [];
  } catch (error) {
    return error instanceof ProblemError ? error.problem.extra?.['errors'] : error;
  }
}

describe('the fields of an upload', () => {
  test('all have a default', () => {
    expect(parse({})).toEqual({ issuerId: undefined, profile: 'strict', mode: 'process', overrides: {} });
  });

  test('an empty one counts as one that was not sent', () => {
    expect(parse({ issuerId: '', profile: '', delimiter: '', date: '' })).toEqual(parse({}));
  });

  test('are taken as sent, and a delimiter also by its name', () => {
    expect(
      parse({ issuerId: ISSUER.toUpperCase(), profile: 'lenient', mode: 'validate', delimiter: 'tab', decimal: ',' }),
    ).toEqual({
      issuerId: ISSUER,
      profile: 'lenient',
      mode: 'validate',
      overrides: { delimiter: '\t', decimal: ',' },
    });
    expect(parse({ delimiter: ';', encoding: 'windows-1252', date: 'br' }).overrides).toEqual({
      delimiter: ';',
      encoding: 'windows-1252',
      date: 'br',
    });
    for (const encoding of ['utf-8', 'windows-1252', 'cp850', 'macintosh']) {
      expect(parse({ encoding, date: 'us' }).overrides).toEqual({ encoding, date: 'us' });
    }
  });

  test('are refused all at once, also those nobody knows', () => {
    expect(problemsOf({ issuerId: '1', profile: 'kind', mode: 'try', delimiter: '.', typo: 'x' })).toEqual([
      expect.objectContaining({ field: 'issuerId' }),
      expect.objectContaining({ field: 'profile' }),
      expect.objectContaining({ field: 'mode' }),
      expect.objectContaining({ field: 'delimiter' }),
      expect.objectContaining({ message: expect.stringContaining('typo') as string }),
    ]);
  });
});

describe('the reading', () => {
  test('is the same text for the same request, however it was written', () => {
    expect(readingOf(parse({ delimiter: 'semicolon', date: 'br' }))).toBe(
      readingOf(parse({ date: 'br', mode: 'process', delimiter: ';', profile: 'strict' })),
    );
  });

  test('tells apart everything that makes another result', () => {
    const readings = [
      {},
      { mode: 'validate' },
      { profile: 'lenient' },
      { delimiter: ';' },
      { delimiter: ',' },
      { decimal: ',' },
      { encoding: 'utf-8' },
      { date: 'iso' },
      { date: 'br' },
    ].map((fields) => readingOf(parse(fields as Record<string, string>)));

    expect(new Set(readings).size).toBe(readings.length);
  });

  test('does not name the issuer, which stands beside it', () => {
    expect(readingOf(parse({ issuerId: ISSUER }))).toBe(readingOf(parse({})));
  });
});
