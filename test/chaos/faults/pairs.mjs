const wanted = 4;
const injectedMin = 20;

/**
 * Two faults at once, in a run for each pair, drawn at random: they may touch neither the same service nor what the
 * other needs to be done.
 * @param {readonly import('../faults.mjs').Fault[]} candidates
 * @returns {import('../faults.mjs').Family}
 */
export function pairsOf(candidates) {
  return {
    name: 'pairs',
    says: `${String(wanted)} random pairs at once, of ${candidates.map(({ name }) => name).join(', ')}`,
    drawn: (chance) => drawPairs(candidates, wanted, chance).map(together),
  };
}

/**
 * @param {[import('../faults.mjs').Fault, import('../faults.mjs').Fault]} pair
 * @returns {import('../faults.mjs').Fault}
 */
function together(pair) {
  const partsOf = (trial) => (trial.parts ??= pair.map((fault) => [fault, partOf(trial)]));
  return {
    name: pair.map(({ name }) => name).join('+'),
    says: pair.map(({ says }) => says).join('; and '),
    spendsAttempts: pair.some(({ spendsAttempts }) => spendsAttempts === true) || undefined,
    cannot: (services) => pair.map(({ cannot }) => cannot?.(services)).find((why) => why !== undefined),
    async beforeLaunch(trial) {
      for (const [fault, part] of partsOf(trial)) await fault.beforeLaunch?.(part);
    },
    async inject(trial) {
      await trial.world.ready();
      trial.uploads.advance(0);
      const parts = partsOf(trial);
      // Each ends its own fault, also when the other fails.
      const results = await Promise.allSettled(parts.map(([fault, part]) => fault.inject(part)));
      for (const { status, reason } of results) if (status === 'rejected') throw reason;
      trial.injected = parts.reduce((sum, [, { injected }]) => sum + injected, 0);
    },
    async evidence(trial) {
      const proofs = [];
      for (const [fault, part] of partsOf(trial)) proofs.push(await fault.evidence(part));
      return {
        felt: trial.injected >= injectedMin && proofs.every(({ felt }) => felt),
        text: proofs.map(({ text }) => text).join('; '),
      };
    },
    async violations(trial) {
      const found = [];
      for (const [fault, part] of partsOf(trial)) found.push(...((await fault.violations?.(part)) ?? []));
      return found;
    },
  };
}

/** A trial for one of two, with a count of its own. */
function partOf(trial) {
  return Object.assign(Object.create(trial), { injected: 0 });
}

/**
 * No pair twice. What a fault touches, no other may break under it.
 * @template {{ name: string, touches?: readonly string[] }} F
 * @param {readonly F[]} candidates
 * @param {number} count
 * @param {import('../random.mjs').Chance} chance
 * @returns {[F, F][]}
 */
export function drawPairs(candidates, count, chance) {
  const possible = candidates.flatMap((first, at) =>
    candidates
      .slice(at + 1)
      .filter(({ touches = [] }) => !touches.some((each) => first.touches?.includes(each)))
      .map((second) => [first, second]),
  );
  return chance.shuffle(possible).slice(0, count);
}
