// npm run bank -- explain FILE: explains a remessa or retorno field by field.
// npm run bank -- read FILE… [--json]: the entries of retornos. `npm run bank -- --help` has both.
import './lib/run/on-pinned-node.mjs';
import { runBoletoCli } from './lib/system/boleto-cli.mjs';

await runBoletoCli(['bank', ...process.argv.slice(2)]);
