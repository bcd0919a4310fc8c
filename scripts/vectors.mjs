// npm run vectors -- [--broken | --documents | --pix] FILE.json: checks every case of a file, prints `N passed, N
// failed`.
import './lib/run/on-pinned-node.mjs';
import { runBoletoCli } from './lib/system/boleto-cli.mjs';

await runBoletoCli(['vectors', ...process.argv.slice(2)]);
