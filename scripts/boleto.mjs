// npm run boleto -- --bank 341 --field agencia=1234 … : composes one boleto, prints its values, writes its PDF.
// npm run boleto -- parse LINHA: explains a linha digitável. `npm run boleto -- --help` has all options.
import './lib/run/on-pinned-node.mjs';
import { runBoletoCli } from './lib/system/boleto-cli.mjs';

await runBoletoCli(['boleto', ...process.argv.slice(2)]);
