import { System } from '../../scripts/lib/system.mjs';
import { Database } from './database.mjs';
import { instruments } from './instruments.mjs';

/** A database with the schema, the demo issuer and the harness's instruments, which each run gets a copy of. */
export class Template {
  #database;

  /** @param {import('./services.mjs').Services} services @param {import('../../scripts/lib/run.mjs').Run} run */
  static async create(services, run) {
    const name = `chaos_${run.uniqueName}`;
    const database = new Database(services.postgres.url, name);
    await database.create();
    const system = await System.create({ run, databaseUrl: database.url, rabbitmqUrl: services.rabbitmq.url });
    await system.migrate();
    await database.query(instruments);
    return new Template(database, name);
  }

  /** @private use create */
  constructor(database, name) {
    this.#database = database;
    this.name = name;
  }

  async drop() {
    await this.#database.drop();
  }
}
