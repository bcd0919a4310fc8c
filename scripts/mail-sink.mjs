// The local mail sink as a process of its own: keeps what is mailed to it as files and shows it on a web page.
//   node scripts/mail-sink.mjs --folder FOLDER --smtp-port PORT --http-port PORT
// MAIL_SINK_USER and MAIL_SINK_PASSWORD, when set, are required of clients.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startMailSink } from './lib/mail/mail-sink.mjs';

const { values } = parseArgs({
  options: { folder: { type: 'string' }, 'smtp-port': { type: 'string' }, 'http-port': { type: 'string' } },
});
const { folder, 'smtp-port': smtpPort, 'http-port': httpPort } = values;
if (folder === undefined || smtpPort === undefined || httpPort === undefined) {
  console.error('usage: node scripts/mail-sink.mjs --folder FOLDER --smtp-port PORT --http-port PORT');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const { MAIL_SINK_USER: user, MAIL_SINK_PASSWORD: password } = process.env;
const sink = await startMailSink({
  folder,
  smtpPort: Number(smtpPort),
  httpPort: Number(httpPort),
  ...(user === undefined ? {} : { user }),
  ...(password === undefined ? {} : { password }),
});
console.log(`smtp on port ${smtpPort}, web page on port ${httpPort}, messages in ${folder}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void sink.close().then(() => process.exit(0)));
