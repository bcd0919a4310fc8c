// Loaded into an app before its own code. SIGUSR2 starts a CPU profile, the next one ends it and writes the file:
// --cpu-prof itself may not stand in NODE_OPTIONS, and would profile the start as well. Threads are profiled from their
// start to their end.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';

const INTERVAL_MICROSECONDS = 1_000;
const session = new Session();
let running = false;

function start(): void {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
  session.post('Profiler.start');
  running = true;
}

/** Without waiting for anything: of a session in its own thread, the answer comes before `post` returns. */
function end(): void {
  running = false;
  session.post('Profiler.stop', (error, result) => {
    if (error !== null) throw error;
    const name = `${String(process.pid)}${isMainThread ? '' : `-${String(threadId)}`}.cpuprofile`;
    writeFileSync(join(process.env['BENCH_PROFILE_FOLDER'] ?? '.', name), JSON.stringify(result.profile));
  });
  session.disconnect();
}

if (isMainThread) {
  process.on('SIGUSR2', () => {
    if (running) end();
    else start();
  });
} else {
  start();
  process.on('exit', () => {
    if (running) end();
  });
}
