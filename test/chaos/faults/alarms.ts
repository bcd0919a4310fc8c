import type { Trial } from '../fault.ts';

/** An alarm of the broker, as Erlang expressions that return ok. */
interface Alarm {
  readonly raise: string;
  readonly clear: string;
  readonly rounds: number;
}

/**
 * Raises and clears an alarm of the broker `rounds` times while the uploads advance. One call does it all, because each
 * call starts an Erlang of its own, which takes seconds.
 */
export async function raiseAlarms(trial: Trial, { raise, clear, rounds }: Alarm): Promise<void> {
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
