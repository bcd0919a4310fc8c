import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CSV_HEADER } from '#scripts/sample.mjs';
import { rowOf, rowsOf } from '../../rows.ts';
import type { Evidence, Fault, Trial } from '../fault.ts';
import { hold, killWhoIsHeld } from '../places.ts';
import type { WorkFile } from '../workload.ts';

export const poison: Fault = {
  name: 'poison',
  spendsAttempts: true,
  says: 'rows that make a worker throw whenever it comes to them, at both stages',
  async beforeLaunch(trial) {
    const { world, chance, files } = trial;
    for (const [at, stage] of (['validate', 'issue', 'validate', 'issue'] as const).entries()) {
      trial.poison.push({ debtId: chance.pick(files[at % files.length]?.plainDebtIds.slice(20) ?? []), stage });
    }
    await world.database.query(poisonTriggers);
    for (const { debtId, stage } of trial.poison) {
      await world.database.query('insert into chaos.poison values ($1, $2)', [debtId, stage]);
    }
  },
  async inject(trial) {
    await trial.world.ready();
    trial.uploads.advance(1);
    trial.injected += trial.poison.length;
  },
  evidence: isolation,
};

const poisonTriggers = `
  create table chaos.poison (debt_id text, stage text);
  create function chaos.poison_debt() returns trigger language plpgsql as $$
  begin
    if exists (select 1 from chaos.poison where debt_id = new.debt_id and stage = 'validate') then raise exception 'poison'; end if;
    return new;
  end $$;
  create function chaos.poison_boleto() returns trigger language plpgsql as $$
  begin
    if exists (select 1 from chaos.poison p join debts d using (debt_id) where d.id = new.debt_id and p.stage = 'issue') then
      raise exception 'poison';
    end if;
    return new;
  end $$;
  create trigger chaos_poison before insert on debts for each row execute function chaos.poison_debt();
  create trigger chaos_poison before insert on boletos for each row execute function chaos.poison_boleto();
`;

/** More than twenty deaths, and some for each halving. */
const killerPatienceMs = 900_000;

export const killerRow: Fault = {
  name: 'killer-row',
  says: 'a row that kills its worker whenever it comes to it',
  async beforeLaunch(trial) {
    await plantKiller(trial, trial.chance.pick(trial.files[0]?.plainDebtIds.slice(20) ?? []));
  },
  inject: killUntilIsolated,
  evidence: isolation,
};

async function plantKiller(trial: Trial, debtId: string): Promise<void> {
  trial.poison.push({ debtId, stage: 'validate' });
  await trial.world.database.query(`
    create function chaos.hold_row() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(hashtext('killer'));
      return new;
    end $$;
    create trigger chaos_killer before insert on debts for each row
      when (new.debt_id = '${debtId}') execute function chaos.hold_row()`);
}

async function killUntilIsolated(trial: Trial): Promise<void> {
  const { world, uploads } = trial;
  const holder = await hold(world, 'killer');
  try {
    await world.ready();
    uploads.advance(1);
    const deadline = Date.now() + killerPatienceMs;
    while (Date.now() < deadline) {
      if ((await killWhoIsHeld(world, 'rolls back')) !== undefined) trial.injected += 1;
      const letters = await world.database.query(`select 1 from dead_letters where queue = 'chunk-validator.suspects'`);
      if (letters.length > 0) break;
      await world.sleep(50);
    }
  } finally {
    await holder.end();
  }
}

async function isolation({ world, injected }: Trial): Promise<Evidence> {
  const isolated = world.countLogs(/"fate":"isolated"/);
  return {
    felt: injected > 0 && isolated > 0,
    text: `parts of chunks halved ${isolated} times, ${world.deaths()} workers died`,
  };
}

const manyRows = 100_000;
const guiltyRow = 54_321;

interface GuiltyRow extends Pick<Fault, 'name' | 'says' | 'inject'> {
  readonly plant: (trial: Trial, debtId: string) => Promise<void>;
}

/**
 * One file of 100,000 good rows, of which one is guilty, in chunks of the usual size. The notifier is left out: 99,999
 * e-mails say nothing more.
 */
function oneIn100k({ name, says, plant, inject }: GuiltyRow): Fault {
  return {
    name,
    says,
    spendsAttempts: true,
    mails: false,
    async beforeLaunch(trial) {
      trial.world.environment['CHUNK_BYTES'] = '131072';
      await plant(trial, debtIdOf(guiltyRow));
    },
    files: async (folder) => [writeGoodRows(join(folder, `${name}.csv`), manyRows)],
    inject,
    async evidence(trial) {
      const proof = await isolation(trial);
      const { boletos } = await rowOf<{ boletos: number }>(
        trial.world.database,
        'select count(*)::int as boletos from boletos',
      );
      const letters = await rowsOf<{ line: number | null }>(
        trial.world.database,
        'select line::int as line from dead_letters',
      );
      const lines = letters.map(({ line }) => String(line)).join(', ');
      return {
        felt: proof.felt && boletos === manyRows - 1 && lines === String(guiltyRow + 1),
        text: `${boletos} boletos, dead letters for line ${lines}, ${proof.text}`,
      };
    },
  };
}

export const oneRowIn100k = [
  oneIn100k({
    name: 'poison-100k',
    says: 'one row in 100,000 makes a worker throw',
    async plant(trial, debtId) {
      trial.poison.push({ debtId, stage: 'validate' });
      await trial.world.database.query(`
        create function chaos.throw() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$;
        create trigger chaos_poison before insert on debts for each row
          when (new.debt_id = '${debtId}') execute function chaos.throw()`);
    },
    async inject(trial) {
      await trial.world.ready();
      trial.uploads.advance(1);
      trial.injected += 1;
    },
  }),
  oneIn100k({
    name: 'killer-100k',
    says: 'one row in 100,000 kills its worker',
    plant: plantKiller,
    inject: killUntilIsolated,
  }),
];

function debtIdOf(row: number): string {
  return `MANY-${String(row)}`;
}

function writeGoodRows(path: string, rows: number): WorkFile {
  const dueYear = new Date().getUTCFullYear() + 1;
  const lines = Array.from(
    { length: rows },
    (_, at) =>
      `Ana ${at + 1},52998224725,a${at + 1}@example.com,${10 + (at % 1000)}.50,${dueYear}-06-30,${debtIdOf(at + 1)}\n`,
  );
  writeFileSync(path, `${CSV_HEADER}\n${lines.join('')}`);
  return {
    path,
    expected: { read: rows, accepted: rows, duplicate: 0, rejected: 0, byCode: {} },
    plainDebtIds: [],
  };
}
