import { keptPerTrial, type Evidence, type Family, type Fault, type Trial } from '../fault.ts';
import type { Chance } from '../random.ts';

const wanted = 4;
const injectedMin = 20;

/**
 * Two faults at once, in a run for each pair, drawn at random: they may touch neither the same service nor what the
 * other needs to be done.
 */
export function pairsOf(candidates: readonly Fault[]): Family {
  return {
    name: 'pairs',
    says: `${String(wanted)} random pairs at once, of ${candidates.map(({ name }) => name).join(', ')}`,
    drawn: (chance) => drawPairs(candidates, wanted, chance).map(together),
  };
}

function together(pair: readonly [Fault, Fault]): Fault {
  const begun = keptPerTrial((trial) => pair.map((fault) => ({ fault, part: partOf(trial) })));
  return {
    name: pair.map(({ name }) => name).join('+'),
    says: pair.map(({ says }) => says).join('; and '),
    spendsAttempts: pair.some(({ spendsAttempts }) => spendsAttempts === true),
    cannot: (services) => pair.map(({ cannot }) => cannot?.(services)).find((why) => why !== undefined),
    async beforeLaunch(trial) {
      for (const { fault, part } of begun(trial)) await fault.beforeLaunch?.(part);
    },
    async inject(trial) {
      await trial.world.ready();
      trial.uploads.advance(0);
      const parts = begun(trial);
      // Each ends its own fault, also when the other fails.
      const results = await Promise.allSettled(parts.map(async ({ fault, part }) => await fault.inject(part)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      trial.injected = parts.reduce((sum, { part }) => sum + part.injected, 0);
    },
    async evidence(trial) {
      const proofs: Evidence[] = [];
      for (const { fault, part } of begun(trial)) proofs.push(await fault.evidence(part));
      return {
        felt: trial.injected >= injectedMin && proofs.every(({ felt }) => felt),
        text: proofs.map(({ text }) => text).join('; '),
      };
    },
    async violations(trial) {
      const found: string[] = [];
      for (const { fault, part } of begun(trial)) found.push(...((await fault.violations?.(part)) ?? []));
      return found;
    },
  };
}

/** A trial for one of two, with a count of its own. */
function partOf(trial: Trial): Trial {
  return { ...trial, injected: 0 };
}

/** No pair twice. What a fault touches, no other may break under it. */
export function drawPairs<F extends Pick<Fault, 'name' | 'touches'>>(
  candidates: readonly F[],
  count: number,
  chance: Chance,
): [F, F][] {
  const possible = candidates.flatMap((first, at) =>
    candidates
      .slice(at + 1)
      .filter(({ touches = [] }) => !touches.some((each) => first.touches?.includes(each)))
      .map((second): [F, F] => [first, second]),
  );
  return chance.shuffle(possible).slice(0, count);
}
