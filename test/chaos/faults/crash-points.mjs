import { redelivery } from './evidence.mjs';

const crashesMax = 20;
const nobodyComesMs = 4000;

/**
 * SIGKILL at a named point of the work. The point is a place in the database (see database.mjs) at which the harness
 * holds whoever comes, kills its process there, and then says whether the transaction that was open goes on without it.
 * @param {{ name: string, says: string, place: string, transaction: 'commits' | 'rolls back' }} point
 * @returns {import('../faults.mjs').Fault}
 */
function crashPoint({ name, says, place, transaction }) {
  return {
    name,
    says,
    async inject(trial) {
      const { world, chance, uploads } = trial;
      uploads.advance(0.5);
      for (let at = 0; at < crashesMax; at += 1) {
        await world.sleep(chance.between(100, 600));
        const victim = await crashAt(world, place, transaction);
        if (victim === undefined && at >= 6) break;
        if (victim !== undefined) trial.injected += 1;
        uploads.advance((at + 1) / 6);
      }
    },
    evidence: place === 'delete' ? republication : redelivery,
  };
}

/** @returns {Promise<string | undefined>} the app that died; undefined when none came by */
async function crashAt(world, place, transaction) {
  const holder = await hold(world, place);
  try {
    const deadline = Date.now() + nobodyComesMs;
    while (Date.now() < deadline) {
      const victim = await killWhoWaits(world, transaction);
      if (victim !== undefined) return victim;
      await world.sleep(30);
    }
    return undefined;
  } finally {
    await holder.end();
  }
}

/** Whoever comes to this place waits, until the session that this gives ends. */
async function hold(world, place) {
  const holder = await world.database.session();
  await holder.query('select pg_advisory_lock(hashtext($1))', [place]);
  return holder;
}

/** @returns {Promise<string | undefined>} the app that waited and died */
async function killWhoWaits(world, transaction) {
  const [held] = await world.database.query(
    `select pid, application_name as app from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory' and application_name <> 'chaos'
     order by query_start limit 1`,
  );
  if (held === undefined) return undefined;
  world.kill(held.app, 'SIGKILL');
  if (transaction === 'rolls back') await world.database.query('select pg_terminate_backend($1)', [held.pid]);
  return held.app;
}

const killerPatienceMs = 300_000;

/** @type {import('../faults.mjs').Fault} */
export const killerRow = {
  name: 'killer-row',
  says: 'a row that kills its worker whenever it comes to it',
  async beforeLaunch(trial) {
    const { world, chance, files } = trial;
    const debtId = chance.pick(files[0].plainDebtIds.slice(20));
    trial.poison.push({ debtId, stage: 'validate' });
    await world.database.query(`
      create function chaos.hold_row() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(hashtext('killer'));
        return new;
      end $$;
      create trigger chaos_killer before insert on debts for each row
        when (new.debt_id = '${debtId}') execute function chaos.hold_row()`);
  },
  async inject(trial) {
    const { world, uploads } = trial;
    const holder = await hold(world, 'killer');
    try {
      await world.ready();
      uploads.advance(1);
      const deadline = Date.now() + killerPatienceMs;
      while (Date.now() < deadline) {
        if ((await killWhoWaits(world, 'rolls back')) !== undefined) trial.injected += 1;
        if (
          (await world.database.query(`select 1 from dead_letters where queue = 'chunk-validator.suspects'`)).length > 0
        )
          break;
        await world.sleep(50);
      }
    } finally {
      await holder.end();
    }
  },
  async evidence({ world, injected }) {
    const isolated = world.countLogs(/"fate":"isolated"/);
    return {
      felt: injected > 0 && isolated > 0,
      text: `${injected} workers died, parts of chunks halved ${isolated} times`,
    };
  },
};

/** The relay's own crash: what it had published is published again, with the same message id. */
async function republication({ world }) {
  const repeats = world.repeatedDeliveries();
  return { felt: repeats > 0, text: `${repeats} messages were published and handled again` };
}

export const crashPoints = [
  crashPoint({
    name: 'crash-before-commit',
    says: 'SIGKILL when COMMIT was sent and not done',
    place: 'commit',
    transaction: 'rolls back',
  }),
  crashPoint({
    name: 'crash-after-commit',
    says: 'SIGKILL after COMMIT and before the acknowledgement',
    place: 'commit',
    transaction: 'commits',
  }),
  crashPoint({
    name: 'crash-after-publish',
    says: "SIGKILL of the relay after the broker's confirm and before the delete is committed",
    place: 'delete',
    transaction: 'rolls back',
  }),
  crashPoint({
    name: 'crash-after-smtp',
    says: 'SIGKILL after the mail server took the e-mail and before that is recorded',
    place: 'mark',
    transaction: 'rolls back',
  }),
  crashPoint({
    name: 'crash-mid-split',
    says: 'SIGKILL in the middle of cutting a file',
    place: 'split',
    transaction: 'rolls back',
  }),
];
