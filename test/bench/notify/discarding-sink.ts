// A mail server that takes everything and keeps nothing. Prints its port.
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, _session, done) => {
    stream.on('end', done);
    stream.resume();
  },
});
server.on('error', (error) => process.stderr.write(`${error.message}\n`)); // a client that hangs up
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the sink has no port');
  process.stdout.write(`${String(address.port)}\n`);
});
