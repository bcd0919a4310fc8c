import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { withTransaction } from '#database';
import { testDatabase } from '#testing';
import { digestOf, NO_ROOT, rootOf } from './digest.ts';
import { recordAudit, type AuditActor, type AuditEvent } from './record-audit.ts';
import { sealEvents } from './seal-events.ts';
import { unsealedEvents } from './seal.queries.ts';

const CANCELLED: AuditEvent = {
  action: 'batch.cancelled',
  target: { kind: 'batch', id: '0190f5a6-7c1e-7c3a-9d2e-000000000001' },
  details: {},
};

function actorOf(organizationId: string | undefined): AuditActor {
  return { organizationId, kind: 'key', id: randomUUID(), requestId: 'request-1', network: '203.0.113.0/24' };
}

async function record(dataSource: DataSource, organizationId: string | undefined, count = 1): Promise<void> {
  await withTransaction(dataSource, async (tx) => {
    for (let n = 1; n <= count; n += 1) await recordAudit(tx, actorOf(organizationId), CANCELLED);
  });
}

describe('an event', () => {
  test('is there when its transaction is, and not when it is rolled back', async () => {
    const { dataSource } = await testDatabase();
    const undone = withTransaction(dataSource, async (tx) => {
      await recordAudit(tx, actorOf(undefined), CANCELLED);
      throw new Error('no effect');
    });
    await expect(undone).rejects.toThrow('no effect');
    expect(await unsealedEvents(dataSource.manager)).toEqual({ waiting: 0, oldestSeconds: 0 });
    expect(await sealEvents(dataSource)).toEqual([]);

    await record(dataSource, undefined);
    expect(
      await dataSource.query('select action, target_id, network::text, outcome, details from audit_events'),
    ).toEqual([
      {
        action: 'batch.cancelled',
        target_id: CANCELLED.target.id,
        network: '203.0.113.0/24',
        outcome: 'ok',
        details: {},
      },
    ]);
    expect(await unsealedEvents(dataSource.manager)).toMatchObject({ waiting: 1 });
  });

  test('holds what its action names, and nothing beside it', async () => {
    const { dataSource } = await testDatabase();
    const personal: AuditEvent = {
      action: 'pii.shown',
      target: { kind: 'boleto', id: '7' },
      details: { fields: ['maria@example.com'] },
    };
    const recorded = withTransaction(dataSource, async (tx) => {
      await recordAudit(tx, actorOf(undefined), personal);
    });
    await expect(recorded).rejects.toThrow(/invalid_format/);
  });

  test.each([
    `update audit_events set action = 'batch.uploaded'`,
    'delete from audit_events',
    'truncate audit_events cascade',
    `update audit_seals set seq = 7`,
    'delete from audit_seals',
    'truncate audit_seals',
  ])('the owner of the tables may not %s', async (statement) => {
    const { dataSource } = await testDatabase();
    await record(dataSource, undefined);
    await sealEvents(dataSource);
    await expect(dataSource.query(statement)).rejects.toThrow(/keeps its rows as they are/);
  });
});

interface StoredSeal {
  readonly organization_id: string | null;
  readonly seq: string;
  readonly at: string;
  readonly event_ids: readonly string[];
  readonly digests: Buffer;
  readonly prev: Buffer;
  readonly root: Buffer;
}

async function sealsOf(dataSource: DataSource): Promise<readonly StoredSeal[]> {
  return await dataSource.query(
    `select organization_id, seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
            event_ids, digests, prev, root
     from audit_seals order by organization_id nulls first, seq`,
  );
}

describe('a seal', () => {
  test('follows the one before it in the chain of its organization', async () => {
    const { dataSource } = await testDatabase();
    const [a, b] = [randomUUID(), randomUUID()].toSorted();
    await record(dataSource, a, 3);
    await record(dataSource, b);
    await record(dataSource, undefined);
    expect((await sealEvents(dataSource))?.map(({ seq, events }) => [seq, events]).toSorted()).toEqual([
      [1, 1],
      [1, 1],
      [1, 3],
    ]);
    await record(dataSource, a, 2);
    const [second] = (await sealEvents(dataSource)) ?? [];
    expect(second).toMatchObject({ organizationId: a, seq: 2, events: 2 });

    const seals = await sealsOf(dataSource);
    const chain = seals.filter(({ organization_id }) => organization_id === a);
    expect(chain.map(({ event_ids }) => event_ids)).toEqual([
      ['1', '2', '3'],
      ['6', '7'],
    ]);
    expect(chain[0]?.prev).toEqual(NO_ROOT);
    expect(chain[1]?.prev).toEqual(chain[0]?.root);
    expect(chain[1]?.root.toString('hex')).toBe(second?.root);
    for (const { seq, at, prev, root, event_ids, digests } of seals) {
      expect(root).toEqual(rootOf({ seq: Number(seq), at, prev }, event_ids, digests));
    }
    expect(await unsealedEvents(dataSource.manager)).toEqual({ waiting: 0, oldestSeconds: 0 });
  });

  test('holds the digests of the events as they are', async () => {
    const { dataSource } = await testDatabase();
    await record(dataSource, undefined, 2);
    await sealEvents(dataSource);
    const events: readonly { readonly id: string; readonly at: string; readonly actor: string }[] =
      await dataSource.query(
        `select id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_id as actor
         from audit_events order by id`,
      );
    const digests = events.map(({ id, at, actor }) =>
      digestOf({
        id,
        at,
        organizationId: null,
        actorKind: 'key',
        actorId: actor,
        action: 'batch.cancelled',
        targetKind: 'batch',
        targetId: CANCELLED.target.id,
        requestId: 'request-1',
        network: '203.0.113.0/24',
        outcome: 'ok',
        details: {},
      }),
    );
    expect((await sealsOf(dataSource))[0]?.digests).toEqual(Buffer.concat(digests));
  });

  test('takes an event that commits after a later one was sealed', async () => {
    const { dataSource } = await testDatabase();
    const late = dataSource.createQueryRunner();
    await late.startTransaction();
    await late.query(
      `insert into audit_events (actor_kind, action, outcome, details) values ('system', 'stage.paused', 'ok', '{}')`,
    );
    await record(dataSource, undefined);
    expect(await sealEvents(dataSource)).toMatchObject([{ seq: 1, events: 1 }]);
    await late.commitTransaction();
    await late.release();
    expect(await sealEvents(dataSource)).toMatchObject([{ seq: 2, events: 1 }]);
    expect((await sealsOf(dataSource)).map(({ event_ids }) => event_ids)).toEqual([['2'], ['1']]);
  });

  test('takes a bounded number of events, and those of a backlog in turn', async () => {
    const { dataSource } = await testDatabase();
    await record(dataSource, undefined, 5);
    expect(await sealEvents(dataSource, 3)).toMatchObject([{ seq: 1, events: 3 }]);
    expect(await sealEvents(dataSource, 3)).toMatchObject([{ seq: 2, events: 2 }]);
    expect(await sealEvents(dataSource, 3)).toEqual([]);
  });

  test('is written by one process at a time', async () => {
    const { dataSource } = await testDatabase();
    await record(dataSource, undefined, 20);
    const rounds = await Promise.all(Array.from({ length: 8 }, () => sealEvents(dataSource, 2)));
    const written = rounds.flatMap((seals) => seals ?? []);
    expect(written.length).toBeGreaterThan(0);
    expect((await sealsOf(dataSource)).map(({ seq }) => Number(seq))).toEqual(written.map((_, at) => at + 1));
  });
});
