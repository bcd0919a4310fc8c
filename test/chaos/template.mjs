import { System } from '../../scripts/lib/system/system.mjs';
import { Database } from './database.mjs';
import { instruments } from './instruments.mjs';

/** A database with the schema, the demo issuer and the harness's instruments, which each run gets a copy of. */
export class Template {
  #database;

  /** @param {import('./services.mjs').Services} services @param {import('../../scripts/lib/run/run.mjs').Run} run */
  static async create(services, run) {
    const name = `chaos_${run.uniqueName}`;
    const database = new Database(services.postgres.url, name);
    await database.create();
    const [{ makes_roles: makesRoles }] = await database.query(
      `select rolsuper or rolcreaterole as makes_roles from pg_roles where rolname = current_user`,
    );
    const system = await System.create({
      run,
      databaseUrl: database.url,
      ...(makesRoles ? { ownerUrl: database.url } : {}),
      rabbitmqUrl: services.rabbitmq.url,
    });
    await system.migrate();
    await database.query(instruments);
    return new Template(database, name, makesRoles);
  }

  /** @private use create */
  constructor(database, name, makesRoles) {
    this.#database = database;
    this.name = name;
    /** True if the apps of the copies connect as their own roles, which own nothing. */
    this.makesRoles = makesRoles;
  }

  async drop() {
    await this.#database.drop();
  }
}
