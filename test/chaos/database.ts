import pg from 'pg';

/** Access to PostgreSQL for the harness: straight to the server, past the proxy, with a connection for each query. */
export class Database {
  readonly #serverUrl: string;
  readonly #name: string;
  readonly url: string;

  constructor(serverUrl: string, name: string) {
    this.#serverUrl = serverUrl;
    this.#name = name;
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    this.url = url.href;
  }

  /** @param template the database to copy; it must have no connection */
  async create(template = 'template1'): Promise<void> {
    const original = pg.escapeIdentifier(template);
    await this.#onServer(`create database ${pg.escapeIdentifier(this.#name)} template ${original}`);
  }

  async drop(): Promise<void> {
    await this.#onServer(`drop database if exists ${pg.escapeIdentifier(this.#name)} with (force)`);
  }

  /** Moves its tables into a folder of the server's user; it must have no connection. */
  async moveTo(folder: string): Promise<void> {
    const name = pg.escapeIdentifier(this.#name);
    await this.#onServer(`create tablespace ${name} location ${pg.escapeLiteral(folder)}`);
    await this.#onServer(`alter database ${name} set tablespace ${name}`);
  }

  /** After `drop`. */
  async forgetFolder(): Promise<void> {
    await this.#onServer(`drop tablespace if exists ${pg.escapeIdentifier(this.#name)}`);
  }

  async query(sql: string, values: unknown[] = []): Promise<unknown[]> {
    return await withClient(this.url, async (client) => (await client.query<object>(sql, values)).rows);
  }

  /** A session of one's own, for locks. The caller ends it. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'chaos' });
    client.on('error', () => undefined); // a restart of the server
    await client.connect();
    return client;
  }

  async #onServer(sql: string): Promise<void> {
    await withClient(this.#serverUrl, async (client) => await client.query(sql));
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'chaos' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
