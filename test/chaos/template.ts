import type { Run } from '#scripts/lib/run/run.mjs';
import { System } from '#scripts/lib/system/system.mjs';
import { rowOf } from '../rows.ts';
import { Database } from './database.ts';
import { instruments } from './instruments.ts';
import type { Services } from './services.ts';

/** A database with the schema, the demo issuer and the harness's instruments, which each run gets a copy of. */
export class Template {
  readonly #database: Database;
  readonly name: string;
  /** True if the apps of the copies connect as their own roles, which own nothing. */
  readonly makesRoles: boolean;
  /** Every copy has it. */
  readonly apiKey: string;

  static async create(services: Services, run: Run): Promise<Template> {
    const name = `chaos_${run.uniqueName}`;
    const database = new Database(services.postgres.url, name);
    await database.create();
    const { makesRoles } = await rowOf<{ makesRoles: boolean }>(
      database,
      `select rolsuper or rolcreaterole as "makesRoles" from pg_roles where rolname = current_user`,
    );
    const system = await System.create({
      run,
      databaseUrl: database.url,
      ...(makesRoles ? { ownerUrl: database.url } : {}),
      rabbitmqUrl: services.rabbitmq.url,
    });
    await system.migrate();
    await database.query(instruments);
    return new Template(database, { name, makesRoles, apiKey: system.apiKey ?? '' });
  }

  private constructor(database: Database, facts: Pick<Template, 'name' | 'makesRoles' | 'apiKey'>) {
    this.#database = database;
    this.name = facts.name;
    this.makesRoles = facts.makesRoles;
    this.apiKey = facts.apiKey;
  }

  async drop(): Promise<void> {
    await this.#database.drop();
  }
}
