import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { someoneAt } from '../places.ts';
import type { World } from '../world.ts';
import { reconnection } from './evidence.ts';

const hourMs = 3_600_000;
const setBacks = 5;
const moved = /chaos: clock moved by -/;

export const clockBack: Fault = {
  name: 'clock-back',
  says: "the clock of every app set back an hour, and forward again; PostgreSQL's and the broker's stay",
  touches: ['clock'],
  async beforeLaunch({ world }) {
    const file = clockFileOf(world);
    tell(file, '0');
    world.environment['CHAOS_CLOCK_FILE'] = file;
    world.preload('clock');
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const clockFile = clockFileOf(world);
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

function clockFileOf(world: World): string {
  return join(world.run.folder, 'clock');
}

/** In one step: an app that looks meanwhile must not find half of it. */
function tell(file: string, text: string): void {
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
}

const hosts = { DATABASE_URL: 'database.chaos.test', RABBITMQ_URL: 'broker.chaos.test', SMTP_URL: 'mail.chaos.test' };
const unresolved = /chaos: \S+ was not resolved/;
const dnsRounds = 6;

export const dns: Fault = {
  name: 'dns',
  says: 'the host names of database, broker and mail server not resolved, each in turn, while connections break',
  touches: ['dns', 'network'],
  async beforeLaunch(trial) {
    const { world } = trial;
    // From the beginning, for a name that was resolved once is remembered.
    fail(world, { [hosts.SMTP_URL]: 'EAI_AGAIN' });
    world.environment['CHAOS_DNS_FILE'] = dnsFileOf(world);
    const proxies = [
      ['DATABASE_URL', world.databaseProxy],
      ['RABBITMQ_URL', world.brokerProxy],
      ['SMTP_URL', world.mailProxy],
    ] as const;
    for (const [variable, proxy] of proxies) {
      const url = new URL(proxy.url);
      url.hostname = hosts[variable];
      world.environment[variable] = url.href;
    }
    // The notifier requires TLS of a server on another machine, and the sink has no TLS.
    world.environment['SMTP_REQUIRE_TLS'] = 'false';
    world.preload('dns');
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    await world.ready();
    uploads.advance(0);
    // Nothing but an e-mail asks for the mail server.
    const asked = new RegExp(hosts.SMTP_URL.replaceAll('.', '\\.'));
    await someoneAt(world, 30_000, async () => (world.countLogs(asked) > 0 ? true : undefined));
    for (let at = 0; at < dnsRounds; at += 1) {
      const isDatabase = at % 2 === 0;
      fail(world, { [isDatabase ? hosts.DATABASE_URL : hosts.RABBITMQ_URL]: chance.pick(['EAI_AGAIN', 'ENOTFOUND']) });
      (isDatabase ? world.databaseProxy : world.brokerProxy).reset();
      uploads.advance((at + 1) / dnsRounds);
      await world.sleep(chance.between(2000, 3000));
      fail(world, {});
      await world.sleep(chance.between(200, 800));
    }
    trial.injected += world.countLogs(unresolved);
  },
  async evidence(trial) {
    const { world } = trial;
    const counts = Object.values(hosts).map((host): [string, number] => {
      const name = host.slice(0, host.indexOf('.'));
      return [name, world.countLogs(new RegExp(`chaos: ${name}\\.chaos\\.test was not resolved`))];
    });
    const { felt, text } = await reconnection(trial);
    return {
      felt: felt && trial.injected >= 20 && counts.every(([, count]) => count > 0),
      text: `not resolved: ${counts.map(([name, count]) => `${name} ${String(count)}`).join(', ')}; ${text}`,
    };
  },
};

function dnsFileOf(world: World): string {
  return join(world.run.folder, 'dns.json');
}

/** The hosts that are not resolved from now on, each with its error. */
function fail(world: World, failures: Readonly<Record<string, string>>): void {
  tell(dnsFileOf(world), JSON.stringify(failures));
}
