import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send } from './client.mjs';

const httpApps = new Set(['upload-api', 'billing-api', 'gateway']);

/**
 * The environment of the running apps' processes, as the system shows it to their own user.
 * @param {import('./client.mjs').Context} context
 * @returns {Map<string, Record<string, string>>} by app
 */
export function environments({ runFolder, appNames }) {
  const { children } = JSON.parse(readFileSync(join(runFolder, 'run.json'), 'utf8'));
  const running = children.filter((/** @type {{ name: string }} */ { name }) => appNames.includes(name));
  return new Map(
    running.map((/** @type {{ name: string, pid: number }} */ { name, pid }) => {
      const text = readFileSync(`/proc/${String(pid)}/environ`, 'utf8');
      const pairs = text
        .split('\0')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
      return [name, Object.fromEntries(pairs)];
    }),
  );
}

/** @param {import('./client.mjs').Context} context */
async function databaseRoles(context) {
  const { default: pg } = await import('pg');
  /** @type {Map<string, string>} */
  const appOfRole = new Map();
  for (const [app, { DATABASE_URL: url = '' }] of environments(context)) {
    if (url === '') continue; // the gateway
    const client = new pg.Client({ connectionString: url, application_name: 'probe', statement_timeout: 10_000 });
    await client.connect();
    try {
      const { rows } = await client.query(
        `select rolname as role, rolsuper as "isSuperuser",
           array(select rolname::text from pg_roles where rolsuper and rolname like 'billing%') as superusers, (select count(*)::int from pg_class where relowner = r.oid) as owned
         from pg_roles r where rolname = current_user`,
      );
      if (rows[0].isSuperuser) return `${app} is a superuser of PostgreSQL`;
      if (rows[0].superusers.length > 0) return `${rows[0].superusers.join(', ')} is a superuser of PostgreSQL`;
      const other = appOfRole.get(rows[0].role);
      if (other !== undefined) return `${app} and ${other} are one role`;
      appOfRole.set(rows[0].role, app);
      if (rows[0].owned > 0) return `${app} owns ${String(rows[0].owned)} tables and indexes`;
      const program = `begin; create temp table probe (line text); copy probe from program 'id'; rollback`;
      if (!(await refused(client, program))) return `${app} runs programs on the database's host`;
      // Never commits, should it not be refused.
      if (!(await refused(client, 'begin; drop trigger debts_are_kept on debts; rollback'))) {
        return `${app} removes a trigger that keeps debts`;
      }
      for (const table of ['debts', 'debtors', 'boletos', 'batches']) {
        if (!(await refused(client, `begin; delete from ${table} where false; rollback`))) {
          return `${app} may delete from ${table}`;
        }
      }
    } finally {
      await client.end();
    }
  }
  return undefined;
}

/**
 * @param {import('pg').Client} client
 * @param {string} statements
 */
async function refused(client, statements) {
  const isRefused = await client.query(statements).then(
    () => false,
    () => true,
  );
  await client.query('rollback');
  return isRefused;
}

/** @param {import('./client.mjs').Context} context */
async function brokerUsers(context) {
  /** @type {Map<string, string>} */
  const appOfUser = new Map();
  for (const [app, environment] of environments(context)) {
    const { RABBITMQ_URL: url = '', RABBITMQ_MANAGEMENT_URL: management = '' } = environment;
    if (httpApps.has(app) && url !== '') return `${app} has a user of the broker and never connects to it`;
    for (const each of [url, management].filter((value) => value !== '')) {
      const tags = await tagsOf(context, new URL(each));
      if (tags.includes('administrator')) return `${app} knows an administrator of the broker`;
    }
    if (url === '') continue;
    const user = decodeURIComponent(new URL(url).username);
    const other = appOfUser.get(user);
    if (other !== undefined) return `${app} and ${other} are one user of the broker`;
    appOfUser.set(user, app);
    const granted = await permissionsOf(context, user);
    if (app !== 'dispatcher' && granted.some(({ configure }) => configure !== '^$')) {
      return `${app} may declare and delete at the broker`;
    }
  }
  return undefined;
}

/**
 * Empty for a user that the management API refuses.
 * @param {import('./client.mjs').Context} context
 * @param {URL} url
 */
async function tagsOf({ managementUrl }, { username, password }) {
  if (managementUrl === undefined) throw new Error('the broker has no management API to ask');
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const { status, text } = await send(new URL('/api/whoami', managementUrl).href, { headers: { authorization } });
  return status === 200 ? JSON.parse(text).tags : [];
}

/**
 * The permissions of a user, from the administrator's management API.
 * @param {import('./client.mjs').Context} context
 * @param {string} user
 * @returns {Promise<{ configure: string }[]>}
 */
async function permissionsOf({ managementUrl }, user) {
  if (managementUrl === undefined) throw new Error('the broker has no management API to ask');
  const { origin, username, password } = new URL(managementUrl);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const { status, text } = await send(`${origin}/api/users/${encodeURIComponent(user)}/permissions`, {
    headers: { authorization },
  });
  if (status !== 200) throw new Error(`the broker says nothing of ${user}: ${String(status)}`);
  return JSON.parse(text);
}

export const roleProbes = [
  { id: 'F4', what: 'what the apps may do to the database', run: databaseRoles },
  { id: 'F5', what: 'what the apps may do to the broker', run: brokerUsers },
];
