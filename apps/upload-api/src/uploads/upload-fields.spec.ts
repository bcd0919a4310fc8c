import { describe, expect, test } from 'vitest';
import { ProblemError } from '#http';
import { parseUploadFields, readingOf, withMappingOf } from './upload-fields.ts';

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

  test('are refused all at once, unknown ones too', () => {
    expect(problemsOf({ issuerId: '1', profile: 'kind', mode: 'try', delimiter: '.', typo: 'x' })).toEqual([
      expect.objectContaining({ field: 'issuerId' }),
      expect.objectContaining({ field: 'profile' }),
      expect.objectContaining({ field: 'mode' }),
      expect.objectContaining({ field: 'delimiter' }),
      expect.objectContaining({ message: expect.stringContaining('typo') as string }),
    ]);
  });
});

/** A long one. */
function mappingOf(fields: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field, `${field}${'x'.repeat(80)}`])));
}

describe('the mapping of columns', () => {
  test('is JSON: a title of each field, or several', () => {
    const mapping = '{"debtId":" Ref. ","governmentId":["CPF","CNPJ"],"street":["Rua","Nº"]}';
    expect(parse({ mapping }).overrides.mapping).toEqual({
      debtId: ['Ref.'],
      governmentId: ['CPF', 'CNPJ'],
      street: ['Rua', 'Nº'],
    });
    expect(parse({ mapping: '{}' }).overrides.mapping).toEqual({});
  });

  test.each([
    ['no JSON', '{"debtId"', 'mapping'],
    ['no object', '["Ref."]', 'mapping'],
    ['a title that is none', '{"debtId":7}', 'mapping.debtId'],
    ['an empty title', '{"debtId":" "}', 'mapping.debtId'],
    ['a long title', `{"debtId":"${'x'.repeat(101)}"}`, 'mapping.debtId'],
    ['two titles for one column', '{"name":["A","B"]}', 'mapping.name'],
    ['three documents', '{"governmentId":["A","B","C"]}', 'mapping.governmentId'],
    ['six streets', '{"street":["A","B","C","D","E","F"]}', 'mapping.street'],
    ['no titles', '{"street":[]}', 'mapping.street'],
    ['one title twice', '{"name":"A","email":"a"}', 'mapping.email'],
    ['a field nobody knows', '{"phone":"A"}', 'mapping'],
    ['a prototype', '{"__proto__":{"name":"A"}}', 'mapping'],
  ])('with %s is refused, and the field is named', (_what, mapping, field) => {
    expect(problemsOf({ mapping })).toEqual([expect.objectContaining({ field })]);
  });

  test("is the upload's as a whole, or else the issuer's", () => {
    const issuers = { name: ['Favorecido'] };
    expect(withMappingOf({ date: 'br' }, issuers)).toEqual({ date: 'br', mapping: issuers });
    expect(withMappingOf({ mapping: { email: ['Contato'] } }, issuers)).toEqual({ mapping: { email: ['Contato'] } });
    expect(withMappingOf({ mapping: {} }, issuers)).toEqual({});
    expect(withMappingOf({}, undefined)).toEqual({});
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
      { mapping: '{"name":"A"}' },
      { mapping: '{"name":"B"}' },
      { mapping: '{"email":"A"}' },
    ].map((fields) => readingOf(parse(fields as Record<string, string>)));

    expect(new Set(readings).size).toBe(readings.length);
  });

  test('is short, and the same for one mapping in whatever order', () => {
    const fields = ['name', 'email', 'debtAmount', 'debtDueDate', 'debtId', 'street', 'city'];
    const reading = readingOf(parse({ mapping: mappingOf(fields) }));
    expect(readingOf(parse({ mapping: mappingOf(fields.toReversed()) }))).toBe(reading);
    expect(reading.length).toBeLessThan(200);
  });

  test('does not name the issuer, which stands beside it', () => {
    expect(readingOf(parse({ issuerId: ISSUER }))).toBe(readingOf(parse({})));
  });
});
