import pg from 'pg';

/** Access to PostgreSQL for the harness: straight to the server, past the proxy, with a connection for each query. */
export class Database {
  #serverUrl;
  #name;

  /** @param {string} serverUrl @param {string} name */
  constructor(serverUrl, name) {
    this.#serverUrl = serverUrl;
    this.#name = name;
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    this.url = url.href;
  }

  /** @param {string} [template] the database to copy; it must have no connection */
  async create(template = 'template1') {
    const [name, original] = [this.#name, template].map((each) => pg.escapeIdentifier(each));
    await this.#onServer(`create database ${name} template ${original}`);
  }

  async drop() {
    await this.#onServer(`drop database if exists ${pg.escapeIdentifier(this.#name)} with (force)`);
  }

  /** Moves its tables into a folder of the server's user; it must have no connection. @param {string} folder */
  async moveTo(folder) {
    const name = pg.escapeIdentifier(this.#name);
    await this.#onServer(`create tablespace ${name} location ${pg.escapeLiteral(folder)}`);
    await this.#onServer(`alter database ${name} set tablespace ${name}`);
  }

  /** After `drop`. */
  async forgetFolder() {
    await this.#onServer(`drop tablespace if exists ${pg.escapeIdentifier(this.#name)}`);
  }

  /** @param {string} sql @param {unknown[]} [values] @returns {Promise<any[]>} */
  async query(sql, values = []) {
    return await withClient(this.url, async (client) => (await client.query(sql, values)).rows);
  }

  /** A session of one's own, for locks. The caller ends it. */
  async session() {
    const client = new pg.Client({ connectionString: this.url, application_name: 'chaos' });
    client.on('error', () => undefined); // a restart of the server
    await client.connect();
    return client;
  }

  async #onServer(sql) {
    await withClient(this.#serverUrl, (client) => client.query(sql));
  }
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url, application_name: 'chaos' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
