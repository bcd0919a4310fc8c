import { rowOf } from '../../rows.ts';
import type { Fault } from '../fault.ts';
import type { Verdict } from '../proxy.ts';

export const smtp: Fault = {
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
      mailProxy.intercept((said) => (chance.next() < 0.2 ? disturb(kind, said.toString('latin1')) : undefined));
      if (kind === 'reset') mailProxy.reset();
      trial.injected += 1;
      await world.sleep(chance.between(500, 1200));
      mailProxy.intercept(undefined);
      await setFaults(system.mailUrl, undefined);
    }
  },
  async evidence({ world }) {
    const { again } = await rowOf<{ again: number }>(
      world.database,

      'select count(*)::int as again from notifications where attempts > 1',
    );
    return { felt: again > 0, text: `${again} e-mails were tried more than once` };
  },
};

/**
 * The answer that the mail server is made to give, or to leave out.
 * @param said by the client
 */
function disturb(kind: string, said: string): Verdict {
  if (kind === 'drop-after') return said.endsWith('\r\n.\r\n') ? 'drop-after' : undefined;
  // A client may send several commands at once, and waits for an answer to each.
  const verbs = said
    .trimEnd()
    .split('\r\n')
    .map((line) => line.slice(0, 4));
  const replies: Record<string, string> = { MAIL: '250 ok', RCPT: '250 ok', DATA: '452 4.3.1 no room now' };
  if (kind === 'recipient') Object.assign(replies, { RCPT: '451 4.3.0 try later', DATA: '554 5.5.1 no recipients' });
  const isEnvelope = verbs.every((verb) => replies[verb] !== undefined);
  if (!isEnvelope || !verbs.includes(kind === 'recipient' ? 'RCPT' : 'DATA')) return undefined;
  return ['recipient', 'data'].includes(kind)
    ? { answer: `${verbs.map((verb) => replies[verb]).join('\r\n')}\r\n` }
    : undefined;
}

async function setFaults(mailUrl: string, faults: { readonly mail: number } | undefined): Promise<void> {
  const options = faults === undefined ? { method: 'DELETE' } : { method: 'PUT', body: JSON.stringify(faults) };
  const response = await fetch(`${mailUrl}/faults`, options);
  if (!response.ok) throw new Error(`the mail sink answered ${String(response.status)}`);
}

const timeoutRounds = 6;
/** An e-mail has five more attempts; few enough are disturbed that none loses all of them. */
const timeoutShare = 0.1;

export const smtpTimeout: Fault = {
  name: 'smtp-timeout',
  spendsAttempts: true,
  says: 'a mail server that takes e-mails and never answers, or answers nothing at all',
  async beforeLaunch({ world }) {
    world.environment['SMTP_TIMEOUT_MS'] = '2000';
  },
  async inject(trial) {
    const { world, chance, uploads } = trial;
    const { mailProxy } = world;
    await world.ready();
    for (let at = 0; at < timeoutRounds; at += 1) {
      uploads.advance((at + 1) / timeoutRounds);
      await world.sleep(chance.between(300, 800));
      if (at % 3 === 2) {
        mailProxy.halfOpen();
        trial.injected += mailProxy.open;
        await world.sleep(4000);
        mailProxy.pass();
      } else {
        mailProxy.intercept((said) => {
          const isWhole = said.toString('latin1').endsWith('\r\n.\r\n');
          if (!isWhole || chance.next() >= timeoutShare) return undefined;
          trial.injected += 1;
          return 'ignore';
        });
        await world.sleep(2500);
        mailProxy.intercept(undefined);
      }
    }
  },
  async evidence({ world }) {
    const { late } = await rowOf<{ late: number }>(
      world.database,

      `select count(*)::int as late from notifications where last_error ->> 'code' = 'ETIMEDOUT'`,
    );
    return { felt: late > 0, text: `${late} e-mails timed out and were tried again` };
  },
};
