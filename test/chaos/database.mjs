import pg from 'pg';

/** What the chaos needs of PostgreSQL: straight to the server, past the proxy, a connection for each question. */
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

  async create() {
    await this.#onServer(`create database ${pg.escapeIdentifier(this.#name)}`);
  }

  async drop() {
    await this.#onServer(`drop database if exists ${pg.escapeIdentifier(this.#name)} with (force)`);
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

/**
 * What the harness adds to the schema: a ledger of every message that left the outbox, and places to hold a process at.
 * A place is a trigger that waits while the harness holds the lock of its name; no app knows of it.
 */
export const instruments = `
  create schema chaos;
  create table chaos.published (message_id uuid, name text);
  create function chaos.note_published() returns trigger language plpgsql as $$
  begin
    insert into chaos.published select message_id, name from gone;
    return null;
  end $$;
  create trigger chaos_ledger after delete on outbox referencing old table as gone
    for each statement execute function chaos.note_published();

  create function chaos.hold() returns trigger language plpgsql as $$
  begin
    perform pg_advisory_xact_lock_shared(hashtext(tg_argv[0]));
    return null;
  end $$;
  create trigger chaos_split after insert on chunks for each statement execute function chaos.hold('split');
  create trigger chaos_delete after delete on outbox for each statement execute function chaos.hold('delete');
  create trigger chaos_mark after update on notifications for each statement execute function chaos.hold('mark');
  create constraint trigger chaos_commit after insert on inbox deferrable initially deferred
    for each row execute function chaos.hold('commit');
`;
