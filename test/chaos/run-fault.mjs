import { Chance } from './random.mjs';
import { deliveredMessages, findViolations } from './invariants.mjs';
import { differences, hashOf, readState, withoutPoison } from './state.mjs';
import { Uploads, quiescence } from './workload.mjs';
import { World } from './world.mjs';

/** The wait after the fault until all work is done. */
const patienceMs = 150_000;
const patienceMsPerRow = 10;

/**
 * @typedef {object} Result
 * @property {string} fault
 * @property {number} injected
 * @property {string[]} violations
 * @property {string} evidence what shows that the fault was felt
 * @property {number} recoverySeconds from the end of the fault until everything was done
 * @property {number} seconds in all
 * @property {number} copies e-mails delivered more than once
 * @property {string} [hash]
 * @property {import('./state.mjs').State} [state]
 * @property {string} logs
 */

/**
 * Makes one run: the same files, one kind of fault, and then the checks.
 * @param {{ services: import('./services.mjs').Services, run: import('../../scripts/lib/run/run.mjs').Run, template:
 *   import('./template.mjs').Template, files: import('./workload.mjs').WorkFile[], fault: import('./faults.mjs').Fault,
 *   seed: number, reference?: import('./state.mjs').State, crashes: number }} options `crashes` at each named point
 * @returns {Promise<Result>}
 */
export async function runFault({ services, run, template, files, fault, seed, reference, crashes }) {
  const startedAt = Date.now();
  const world = await World.create(services, run, template);
  const trial = {
    world,
    chance: new Chance(seed),
    uploads: new Uploads(world, files),
    files,
    injected: 0,
    crashes,
    /** @type {{ debtId: string, stage: 'validate' | 'issue' }[]} */ poison: [],
  };
  try {
    if (fault.beforeLaunch !== undefined) await fault.beforeLaunch(trial);
    const { spendsAttempts = false, losesMessages = false, mails = true } = fault;
    world.launch({ without: mails ? [] : ['notifier'] });
    if (fault.beforeLaunch === undefined) await world.ready();
    trial.uploads.advance(0);
    await fault.inject(trial);
    const healedAt = Date.now();
    await trial.uploads.finish();
    const enoughMs = patienceMs + patienceMsPerRow * files.reduce((sum, { expected }) => sum + expected.read, 0);
    const left = await quiescence(world, { batches: files.length, mails }, enoughMs);
    const recoverySeconds = (Date.now() - healedAt) / 1000;
    const proof = await fault.evidence(trial);
    const facts = { files, batchIds: trial.uploads.ids, poison: trial.poison, spendsAttempts, losesMessages, mails };
    const violations = left === undefined ? [] : [`not at rest after ${String(enoughMs / 1000)} s: ${left}`];
    violations.push(...(await findViolations(world, facts)));
    violations.push(...((await fault.violations?.(trial)) ?? []));
    if (!proof.felt) violations.push(`vacuous: ${proof.text}`);
    const state = await readState(world, trial.uploads.ids);
    if (reference !== undefined) violations.push(...differences(withoutPoison(reference, trial.poison), state));
    const copies = [...deliveredMessages(world.system.mailbox).values()].reduce((sum, count) => sum + count - 1, 0);
    return {
      fault: fault.name,
      injected: trial.injected,
      violations,
      evidence: proof.text,
      recoverySeconds,
      seconds: (Date.now() - startedAt) / 1000,
      copies,
      hash: hashOf(state),
      expectedHash: reference === undefined ? hashOf(state) : hashOf(withoutPoison(reference, trial.poison)),
      state,
      logs: world.run.folder,
    };
  } finally {
    await world.stop();
  }
}
