import type { Run } from '#scripts/lib/run/run.mjs';
import type { Fault, Trial } from './fault.ts';
import { deliveredMessages, findViolations } from './invariants.ts';
import { Chance } from './random.ts';
import type { Services } from './services.ts';
import { differences, hashOf, readState, withoutPoison, type State } from './state.ts';
import type { Row } from './table.ts';
import type { Template } from './template.ts';
import { quiescence, Uploads, type WorkFile } from './workload.ts';
import { World } from './world.ts';

/** The wait after the fault until all work is done. */
const patienceMs = 150_000;
const patienceMsPerRow = 10;

/** A run, with what it left behind. */
export interface Result extends Row {
  readonly state: State;
  readonly logs: string;
}

/** Parts that all runs of a suite share. */
interface Harness {
  readonly services: Services;
  readonly run: Run;
  readonly template: Template;
  readonly seed: number;
  /** Wanted at each named point. */
  readonly crashes: number;
}

/** The files of a run, and the state of the run without faults. */
export interface Work {
  readonly files: readonly WorkFile[];
  readonly reference?: State | undefined;
}

/** Makes one run: the same files, one kind of fault, and then the checks. */
export async function runFault(
  { services, run, template, seed, crashes }: Harness,
  fault: Fault,
  { files, reference }: Work,
): Promise<Result> {
  const startedAt = Date.now();
  const world = await World.create(services, run, template);
  const trial: Trial = {
    world,
    chance: new Chance(seed),
    uploads: new Uploads(world, files),
    files,
    injected: 0,
    crashes,
    poison: [],
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
