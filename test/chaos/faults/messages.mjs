import { topology } from '../topology.mjs';

const copies = 'chaos.copies';

/** @type {import('../faults.mjs').Fault} */
export const duplicates = {
  name: 'duplicates',
  says: 'every message delivered twice, the second time in random order',
  async inject(trial) {
    const { world, uploads } = trial;
    const { broker } = world;
    await broker.call('PUT', `/queues/${broker.vhost}/${copies}`, { durable: true });
    const { queues, exchanges } = await topology();
    for (const { consumes } of Object.values(queues)) {
      const path = `/bindings/${broker.vhost}/e/${exchanges.work}/q/${copies}`;
      await broker.call('POST', path, { routing_key: consumes });
    }
    uploads.advance(1);
    await uploads.finish();
    // Until nothing new was published for a while.
    for (let calm = 0; calm < 6;) {
      const again = await deliverAgain(trial, queues);
      trial.injected += again;
      calm = again === 0 ? calm + 1 : 0;
      await world.sleep(500);
    }
    await broker.deleteQueue(copies);
  },
  async evidence({ world }) {
    const repeats = world.repeatedDeliveries();
    return { felt: repeats > 0, text: `${repeats} messages were handled again` };
  },
};

async function deliverAgain({ world: { broker }, chance }, queues) {
  const got = await broker.call('POST', `/queues/${broker.vhost}/${copies}/get`, {
    count: 10_000,
    ackmode: 'ack_requeue_false',
    encoding: 'auto',
  });
  for (const { routing_key: routingKey, payload, properties } of chance.shuffle(got)) {
    const [queue] = Object.entries(queues).find(([, { consumes }]) => consumes === routingKey);
    // By the default exchange: past the copies, which would otherwise be copied for ever.
    await broker.call('POST', `/exchanges/${broker.vhost}/amq.default/publish`, {
      routing_key: queue,
      payload,
      payload_encoding: 'string',
      properties,
    });
  }
  return got.length;
}

/** @type {import('../faults.mjs').Fault} */
export const queueDelete = {
  name: 'queue-delete',
  says: 'empty queues deleted while messages are on their way to them',
  async inject(trial) {
    const { world, uploads } = trial;
    const { broker } = world;
    const { queues } = await topology();
    const names = Object.keys(queues);
    const rounds = 4;
    // Not while consumers attach: see "a queue deleted" in docs/reliability.md.
    await world.sleep(3000);
    for (let at = 0; at < rounds; at += 1) {
      const depths = await broker.depths();
      // What is in a queue goes with it: only one that holds nothing may be deleted without a loss by definition.
      for (const name of [...depths.keys()].filter((each) => names.some((queue) => each.startsWith(queue)))) {
        if (((await broker.depths()).get(name) ?? 0) > 0) continue;
        // Of those that consume it, deleting in the middle of the work would lose what arrives meanwhile.
        if (at > 0 && names.includes(name)) continue;
        await broker.deleteQueue(name);
        trial.injected += 1;
      }
      uploads.advance((at + 1) / rounds);
      await world.sleep(1500);
    }
  },
  async evidence({ world }) {
    const count = world.countLogs(/"event\.action":"consumer\.started"/);
    const { queues } = await topology();
    const again = count - Object.keys(queues).length;
    return { felt: again > 0, text: `${again} consumers came back` };
  },
};

/** @type {import('../faults.mjs').Fault} */
export const smtp = {
  name: 'smtp',
  spendsAttempts: true,
  says: '421, 451, 452 and 554 from the mail server, connections dropped before and after DATA',
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { mailProxy, system } = world;
    const rounds = 10;
    for (let at = 0; at < rounds; at += 1) {
      uploads.advance((at + 1) / rounds);
      const kind = chance.pick(['refuse-all', 'recipient', 'data', 'drop-after', 'reset']);
      if (kind === 'refuse-all') await setFaults(system.mailUrl, { mail: chance.pick([421, 451, 554]) });
      mailProxy.intercept((said) => (chance.next() < 0.3 ? disturb(kind, said.toString('latin1')) : undefined));
      if (kind === 'reset') mailProxy.reset();
      trial.injected += 1;
      await world.sleep(chance.between(500, 1200));
      mailProxy.intercept(undefined);
      await setFaults(system.mailUrl, undefined);
    }
  },
  async evidence({ world }) {
    const [{ again }] = await world.database.query(
      'select count(*)::int as again from notifications where attempts > 1',
    );
    return { felt: again > 0, text: `${again} e-mails were tried more than once` };
  },
};

/** What the mail server is made to say, or to leave unsaid. @param {string} kind @param {string} said by the client */
function disturb(kind, said) {
  if (kind === 'drop-after') return said.endsWith('\r\n.\r\n') ? 'drop-after' : undefined;
  // A client may send several commands at once, and waits for an answer to each.
  const verbs = said
    .trimEnd()
    .split('\r\n')
    .map((line) => line.slice(0, 4));
  const replies = { MAIL: '250 ok', RCPT: '250 ok', DATA: '452 4.3.1 no room now' };
  if (kind === 'recipient') Object.assign(replies, { RCPT: '451 4.3.0 try later', DATA: '554 5.5.1 no recipients' });
  const isEnvelope = verbs.every((verb) => replies[verb] !== undefined);
  if (!isEnvelope || !verbs.includes(kind === 'recipient' ? 'RCPT' : 'DATA')) return undefined;
  return ['recipient', 'data'].includes(kind)
    ? { answer: `${verbs.map((verb) => replies[verb]).join('\r\n')}\r\n` }
    : undefined;
}

async function setFaults(mailUrl, faults) {
  const options = faults === undefined ? { method: 'DELETE' } : { method: 'PUT', body: JSON.stringify(faults) };
  const response = await fetch(`${mailUrl}/faults`, options);
  if (!response.ok) throw new Error(`the mail sink answered ${String(response.status)}`);
}

/** @type {import('../faults.mjs').Fault} */
export const poison = {
  name: 'poison',
  spendsAttempts: true,
  says: 'rows that make a worker throw whenever it comes to them, at both stages',
  async beforeLaunch(trial) {
    const { world, chance, files } = trial;
    for (const [at, stage] of ['validate', 'issue', 'validate', 'issue'].entries()) {
      trial.poison.push({ debtId: chance.pick(files[at % files.length].plainDebtIds.slice(20)), stage });
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
  async evidence({ world }) {
    const isolated = world.countLogs(/"fate":"isolated"/);
    return { felt: isolated > 0, text: `parts of chunks halved ${isolated} times` };
  },
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
