const wanted = 6;

/**
 * Two faults at once, drawn at random: they may touch neither the same service nor what the other needs to be done.
 * @param {readonly import('../faults.mjs').Fault[]} candidates
 * @returns {import('../faults.mjs').Fault}
 */
export function pairsOf(candidates) {
  return {
    name: 'pairs',
    says: `${String(wanted)} random pairs of faults at once: ${candidates.map(({ name }) => name).join(', ')}`,
    spendsAttempts: candidates.some(({ spendsAttempts }) => spendsAttempts === true) || undefined,
    async beforeLaunch(trial) {
      trial.pairs = drawPairs(candidates, wanted, trial.chance);
      const drawn = new Set(trial.pairs.flat());
      trial.parts = new Map([...drawn].map((fault) => [fault, partOf(trial)]));
      for (const [fault, part] of trial.parts) await fault.beforeLaunch?.(part);
    },
    async inject(trial) {
      const { world, uploads, pairs, parts } = trial;
      await world.ready();
      for (const [at, pair] of pairs.entries()) {
        const advance = (progress) => uploads.advance((at + progress) / pairs.length);
        const results = await Promise.allSettled(
          pair.map((fault) => {
            const part = parts.get(fault);
            part.uploads = { advance, refused: 0 };
            return fault.inject(part);
          }),
        );
        for (const { status, reason } of results) if (status === 'rejected') throw reason;
      }
      trial.injected = [...parts.values()].reduce((sum, { injected }) => sum + injected, 0);
    },
    async evidence(trial) {
      const proofs = [];
      for (const [fault, part] of trial.parts) proofs.push([fault.name, await fault.evidence(part)]);
      const unfelt = proofs.filter(([, { felt }]) => !felt).map(([name, { text }]) => `${name}: ${text}`);
      const names = trial.pairs.map((pair) => pair.map(({ name }) => name).join('+')).join(' ');
      return {
        felt: unfelt.length === 0 && trial.injected >= 20,
        text: unfelt.length === 0 ? names : `${names}; not felt: ${unfelt.join(', ')}`,
      };
    },
    async violations(trial) {
      const found = [];
      for (const [fault, part] of trial.parts) found.push(...((await fault.violations?.(part)) ?? []));
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
