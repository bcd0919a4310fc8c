/**
 * Raises and clears an alarm of the broker `rounds` times while the uploads advance. One call does it all, because each
 * call starts an Erlang of its own, which takes seconds. `raise` and `clear` are Erlang expressions that return ok.
 * @param {{ world: any, uploads: any, injected: number }} trial
 * @param {{ raise: string, clear: string, rounds: number }} alarm
 */
export async function raiseAlarms(trial, { raise, clear, rounds }) {
  const { world, uploads } = trial;
  const alarm = world.services.rabbitmq.control(
    'eval',
    `[begin ${raise}, timer:sleep(700), ${clear}, timer:sleep(250) end || _ <- lists:seq(1, ${String(rounds)})].`,
  );
  for (let at = 0; at < rounds; at += 1) {
    uploads.advance((at + 1) / rounds);
    await world.sleep(950);
  }
  const answers = (await alarm).match(/ok/g) ?? [];
  if (answers.length < rounds) throw new Error(`the broker took ${String(answers.length)} of ${String(rounds)} limits`);
  trial.injected += rounds;
}
