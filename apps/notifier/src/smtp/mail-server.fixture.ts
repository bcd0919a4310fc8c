import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** A reply code that refuses the recipient, or a failure once the server has the whole e-mail. */
export type Answer = number | 'drop after DATA' | { readonly afterData: number };

export interface ReceivedMail {
  readonly to: string;
  readonly raw: Buffer;
}

/** A real SMTP server that keeps the e-mails it receives and gives some recipients prepared answers. */
export class MailServer {
  /** In order of arrival. Includes e-mails whose sender was never told that they had arrived. */
  readonly mails: ReceivedMail[] = [];
  /** The address of every RCPT TO, accepted or not. */
  readonly asked: string[] = [];
  password = 'secret';
  onMail: (mail: ReceivedMail) => void = () => undefined;
  readonly #answers = new Map<string, Answer[]>();
  readonly #sockets = new Set<Socket>();
  #server: SMTPServer | undefined;
  #port = 0;

  get url(): string {
    return `smtp://billing:secret@127.0.0.1:${this.#port.toString()}`;
  }

  /** Gives this recipient the `answers` one after the other. After that, e-mails to it are accepted. */
  answer(to: string, ...answers: readonly Answer[]): void {
    this.#answers.set(to, [...answers]);
  }

  /** Starts to listen. After a stop it uses the same port as before. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authMethods: ['PLAIN'],
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: ({ password }, _session, callback) => {
        if (password === this.password) callback(null, { user: 'billing' });
        else callback(new Error('wrong password'));
      },
      onRcptTo: ({ address }, _session, callback) => {
        this.asked.push(address);
        const [answer] = this.#answers.get(address) ?? [];
        if (typeof answer !== 'number') return callback();
        this.#answers.get(address)?.shift();
        return callback(refusal(answer, address));
      },
      onData: (stream, session, callback) => {
        void this.#receive(stream, session, callback);
      },
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server.server, 'listening');
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Refuses new connections and drops the existing ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => {
      server.close(resolve);
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #receive(
    stream: Readable,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): Promise<void> {
    const raw = await buffer(stream);
    for (const { address } of session.envelope.rcptTo) {
      const answer = this.#answers.get(address)?.shift();
      if (typeof answer === 'object') return callback(refusal(answer.afterData, address));
      const mail = { to: address, raw };
      this.mails.push(mail);
      this.onMail(mail);
      if (answer === 'drop after DATA') return this.#drop(session);
    }
    return callback();
  }

  #drop({ remotePort }: SMTPServerSession): void {
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.destroy();
  }
}

function refusal(responseCode: number, address: string): Error {
  return Object.assign(new Error(`<${address}> not now, or never`), { responseCode });
}
