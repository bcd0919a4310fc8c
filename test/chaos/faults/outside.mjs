import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { someoneAt } from '../places.mjs';
import { reconnection } from './evidence.mjs';

const hourMs = 3_600_000;
const setBacks = 5;
const moved = /chaos: clock moved by -/;

/** @type {import('../faults.mjs').Fault} */
export const clockBack = {
  name: 'clock-back',
  says: "the clock of every app set back an hour, and forward again; PostgreSQL's and the broker's stay",
  touches: ['clock'],
  async beforeLaunch(trial) {
    const { world } = trial;
    trial.clockFile = join(world.run.folder, 'clock');
    tell(trial.clockFile, '0');
    world.environment.CHAOS_CLOCK_FILE = trial.clockFile;
    world.preload('clock');
  },
  async inject(trial) {
    const { world, chance, uploads, clockFile } = trial;
    await world.ready();
    const before = world.countLogs(moved);
    for (let at = 0; at < setBacks; at += 1) {
      await world.sleep(chance.between(300, 900));
      tell(clockFile, String(-hourMs));
      uploads.advance((at + 1) / setBacks);
      await world.sleep(chance.between(1500, 2500));
      tell(clockFile, '0');
    }
    trial.injected += world.countLogs(moved) - before;
  },
  async evidence({ world }) {
    const late = world.linesBackInTime(hourMs / 2);
    return { felt: late >= setBacks, text: `${late} times a log went on an hour earlier` };
  },
};

/** In one step: an app that looks meanwhile must not find half of it. */
function tell(file, text) {
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
}

const hosts = { DATABASE_URL: 'database.chaos.test', RABBITMQ_URL: 'broker.chaos.test', SMTP_URL: 'mail.chaos.test' };
const unresolved = /chaos: \S+ was not resolved/;
const dnsRounds = 6;

/** @type {import('../faults.mjs').Fault} */
export const dns = {
  name: 'dns',
  says: 'the host names of database, broker and mail server not resolved, each in turn, while connections break',
  touches: ['dns', 'network'],
  async beforeLaunch(trial) {
    const { world } = trial;
    trial.dnsFile = join(world.run.folder, 'dns.json');
    // From the beginning, for a name that was resolved once is remembered.
    trial.fail = (failures) => tell(trial.dnsFile, JSON.stringify(failures));
    trial.fail({ [hosts.SMTP_URL]: 'EAI_AGAIN' });
    world.environment.CHAOS_DNS_FILE = trial.dnsFile;
    const proxies = { DATABASE_URL: world.databaseProxy, RABBITMQ_URL: world.brokerProxy, SMTP_URL: world.mailProxy };
    for (const [variable, proxy] of Object.entries(proxies)) {
      const url = new URL(proxy.url);
      url.hostname = hosts[variable];
      world.environment[variable] = url.href;
    }
    // The notifier requires TLS of a server on another machine, and the sink has no TLS.
    world.environment.SMTP_REQUIRE_TLS = 'false';
    world.preload('dns');
  },
  async inject(trial) {
    const { world, chance, uploads, fail } = trial;
    const before = trial.asked ?? 0;
    await world.ready();
    uploads.advance(0);
    // Nothing but an e-mail asks for the mail server.
    const asked = new RegExp(hosts.SMTP_URL.replaceAll('.', '\\.'));
    await someoneAt(world, 30_000, async () => (world.countLogs(asked) > 0 ? true : undefined));
    for (let at = 0; at < dnsRounds; at += 1) {
      const isDatabase = at % 2 === 0;
      fail({ [isDatabase ? hosts.DATABASE_URL : hosts.RABBITMQ_URL]: chance.pick(['EAI_AGAIN', 'ENOTFOUND']) });
      (isDatabase ? world.databaseProxy : world.brokerProxy).reset();
      uploads.advance((at + 1) / dnsRounds);
      await world.sleep(chance.between(2000, 3000));
      fail({});
      await world.sleep(chance.between(200, 800));
    }
    trial.asked = world.countLogs(unresolved);
    trial.injected += trial.asked - before;
  },
  async evidence(trial) {
    const { world } = trial;
    const counts = Object.values(hosts).map((host) => {
      const name = host.slice(0, host.indexOf('.'));
      return [name, world.countLogs(new RegExp(`chaos: ${name}\\.chaos\\.test was not resolved`))];
    });
    const { felt, text } = await reconnection(trial);
    return {
      felt: felt && trial.injected >= 20 && counts.every(([, count]) => count > 0),
      text: `not resolved: ${counts.map(([name, count]) => `${name} ${count}`).join(', ')}; ${text}`,
    };
  },
};
