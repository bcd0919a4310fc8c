import type { Evidence, Fault, Trial } from '../fault.ts';
import { hold, killWhoIsHeld, someoneAt, type Ending, type Place } from '../places.ts';
import { unfinished } from '../workload.ts';
import type { World } from '../world.ts';
import { redelivery } from './evidence.ts';

const nobodyComesMs = 4000;
/** The total wait for processes that arrive late, because they wait for the claims of a dead process. */
const patienceMs = 240_000;

interface Point extends Pick<Fault, 'name' | 'says'> {
  readonly place: Place;
  readonly transaction: Ending;
  readonly evidence?: Fault['evidence'];
}

/**
 * SIGKILL at a named point of the work. The point is a place in the database (see places.ts) at which the harness holds
 * a process, kills it there, and then decides whether its open transaction commits or rolls back.
 */
function crashPoint({ name, says, place, transaction, evidence = redelivery }: Point): Fault {
  return {
    name,
    says,
    async inject(trial) {
      const { world, chance, uploads, files, crashes } = trial;
      const deadline = Date.now() + patienceMs;
      for (let idle = 0; trial.injected < crashes && Date.now() < deadline;) {
        // If no process arrives, more work may bring one.
        uploads.advance(Math.max(trial.injected / crashes, idle / files.length));
        await world.sleep(chance.between(20, 250));
        if ((await crashAt(world, place, transaction)) !== undefined) trial.injected += 1;
        else if (idle < files.length) idle += 1;
        else if ((await unfinished(world, { batches: files.length, mails: true })) === undefined) break;
      }
    },
    async evidence(trial) {
      const { crashes, injected } = trial;
      const proof = await evidence(trial);
      return {
        felt: proof.felt && injected >= crashes,
        text: `${injected} of ${crashes} crashes, ${proof.text}`,
      };
    },
  };
}

/** @returns the app that died; undefined when none came by */
async function crashAt(world: World, place: Place, transaction: Ending): Promise<string | undefined> {
  const holder = await hold(world, place);
  try {
    return await someoneAt(world, nobodyComesMs, () => killWhoIsHeld(world, transaction));
  } finally {
    await holder.end();
  }
}

/** The relay's own crash: what it had published is published again, with the same message id. */
async function republication({ world }: Trial): Promise<Evidence> {
  const repeats = world.repeatedDeliveries();
  return { felt: repeats > 0, text: `${repeats} messages were published and handled again` };
}

export const crashPoints = [
  crashPoint({
    name: 'before-commit',
    says: 'SIGKILL when COMMIT was sent and not done',
    place: 'commit',
    transaction: 'rolls back',
  }),
  crashPoint({
    name: 'after-commit-before-ack',
    says: 'SIGKILL after COMMIT and before the acknowledgement',
    place: 'commit',
    transaction: 'commits',
  }),
  crashPoint({
    name: 'after-publish-before-delete',
    says: "SIGKILL of the relay after the broker's confirm and before the delete is committed",
    place: 'delete',
    transaction: 'rolls back',
    evidence: republication,
  }),
  crashPoint({
    name: 'after-smtp-before-mark',
    says: 'SIGKILL after the mail server took the e-mail and before that is recorded',
    place: 'mark',
    transaction: 'rolls back',
  }),
  crashPoint({
    name: 'mid-split',
    says: 'SIGKILL in the middle of cutting a file',
    place: 'split',
    transaction: 'rolls back',
  }),
];
