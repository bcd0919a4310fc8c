/**
 * Loaded into an app before its own code: its wall clock is as far off as the file of CHAOS_CLOCK_FILE says, in
 * milliseconds. Timers and `performance.now()` go on as they do on a machine whose clock is set: they follow another
 * clock.
 */
import { readFileSync } from 'node:fs';

const file = process.env['CHAOS_CLOCK_FILE'];
const lookEveryMs = 50;
const RealDate = Date;
const realNow = Date.now.bind(Date);
let offsetMs = 0;

const now = (): number => realNow() + offsetMs;

function look(control: string): void {
  const wanted = Number(readFileSync(control, 'utf8'));
  if (wanted === offsetMs) return;
  const movedMs = wanted - offsetMs;
  offsetMs = wanted;
  process.stderr.write(`chaos: clock moved by ${String(movedMs)} ms\n`);
}

if (file !== undefined) {
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args: unknown[], newTarget): object =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === globalThis.Date ? target : newTarget),
    get: (target, key): unknown => (key === 'now' ? now : Reflect.get(target, key)),
  });
  look(file);
  setInterval(look, lookEveryMs, file).unref();
}
