import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readBigints } from '#database';
import { validateRow } from '#debts-csv';
import { insertIssuer } from '#testing';
import { findChunk } from '../chunk.queries.ts';
import { ChunkReader } from '../reading/chunk-reader.ts';
import type { Judge } from '../reading/parse-chunk.ts';
import { CPF, row, rowsOfThree, SWITCHES, ValidatorLab } from '../validator-lab.fixture.ts';

describe.each(SWITCHES)('FAST_PATHS=$name', ({ fastPaths }) => {
  let lab: ValidatorLab;

  beforeAll(async () => {
    lab = await ValidatorLab.open({ fastPaths });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  afterAll(async () => {
    await lab.close();
  });

  /** The statements that the server received since `watch` was called, with white space folded. */
  function watch(): {
    matching(pattern: RegExp): readonly { readonly sql: string; readonly parameters: readonly unknown[] }[];
  } {
    const queries = vi.spyOn(lab.dataSource.logger, 'logQuery');
    return {
      matching: (pattern) =>
        queries.mock.calls
          .filter(([sql]) => pattern.test(sql.replaceAll(/\s+/g, ' ')))
          .map(([sql, parameters]): { sql: string; parameters: readonly unknown[] } => ({
            sql,
            parameters: Array.isArray(parameters) ? parameters : [],
          })),
    };
  }

  test('the rules judge plain rows only when the switch is off', async () => {
    const { batchId, chunks } = await lab.batchOf([rowsOfThree(['A0', 'A1', 'A2'])]);
    const chunk = await findChunk(lab.dataSource.manager, { batchId, chunkNo: 0 });
    if (chunk === undefined) throw new Error('no chunk');
    const judged: number[] = [];
    const judge: Judge = (cells, context, line) => {
      judged.push(line);
      return validateRow(cells, context);
    };
    const config = { TIME_ZONE: 'America/Sao_Paulo', FAST_PATHS: fastPaths };
    const part = { batchId, chunkNo: 0, fromLine: chunks[0]?.firstLine ?? 2, toLine: null };
    const { good } = await new ChunkReader(lab.storage, config, { judge }).read(chunk, part, false);
    expect(good.count).toBe(3);
    expect(judged).toEqual(fastPaths ? [] : [2, 3, 4]);
  });

  test('debts and debtors are inserted without `on conflict` only when the switch is on', async () => {
    const broker = await lab.validators();
    const statements = watch();
    await lab.validate(broker, await lab.batchOf([[row('B0'), row('B1', { document: CPF[1] })]]));
    for (const table of ['debts', 'debtors']) {
      const inserts = statements.matching(new RegExp(`insert into ${table} `));
      const plain = statements.matching(new RegExp(`insert into ${table} (?!.*on conflict)`));
      expect([table, inserts.length, plain.length]).toEqual([table, 1, fastPaths ? 1 : 0]);
    }
  });

  test('the debtors of a later chunk are looked up again only when the switch is off', async () => {
    const broker = await lab.validators();
    const { id: issuerId } = await insertIssuer(lab.dataSource);
    // The first file puts the people on record, the second finds them there, the third may remember them.
    for (const ids of [['C0'], ['C1'], ['C2']] as const) {
      await lab.validate(broker, await lab.batchOf([ids.map((id) => row(id))], { issuerId }));
    }
    const statements = watch();
    await lab.validate(broker, await lab.batchOf([[row('C3')]], { issuerId }));
    expect(statements.matching(/insert into debtors /)).toHaveLength(fastPaths ? 0 : 1);
  });

  test('debtors with consecutive ids are looked up as one range only when the switch is on', async () => {
    const broker = await lab.validators();
    const statements = watch();
    await lab.validate(broker, await lab.batchOf([rowsOfThree(['D0', 'D1', 'D2'])]));
    const [insert] = statements.matching(/insert into debts /);
    const place = /unnest\(\$(\d+)::bigint\[\], \$\d+::bigint\[\]\) as r \(first_id/.exec(insert?.sql ?? '')?.[1];
    const firstIds = insert?.parameters[Number(place) - 1];
    if (!Buffer.isBuffer(firstIds)) throw new Error('no ranges in the statement that inserts debts');
    expect(readBigints(firstIds)).toHaveLength(fastPaths ? 1 : 3);
  });
});
