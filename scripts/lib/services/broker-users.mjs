import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../run/paths.mjs';
import { derivedPassword } from './derived-password.mjs';

/**
 * @typedef {object} Permissions
 * @property {string} user
 * @property {string} configure
 * @property {string} write
 * @property {string} read
 */

/** The users of docker compose's broker, with `@VARIABLE@` in place of what an installation sets. */
export function readDefinitions() {
  return readFileSync(join(projectFolder, 'observability', 'rabbitmq', 'definitions.json'), 'utf8');
}

/**
 * Makes the apps' users for one vhost of a broker that others use too. Their names begin with a prefix, because users
 * belong to the whole broker.
 * @param {{ rabbitmqUrl: string, managementUrl: string, prefix: string }} options
 *   `rabbitmqUrl` names the vhost by its path
 * @returns {Promise<{ users: ReadonlyMap<string, Omit<Permissions, 'user'>>, remove: () => Promise<void> }>}
 */
export async function makeBrokerUsers({ rabbitmqUrl, managementUrl, prefix }) {
  const vhost = new URL(rabbitmqUrl).pathname.slice(1);
  /** @type {Permissions[]} */
  const permissions = JSON.parse(readDefinitions()).permissions;
  const users = permissions.filter(({ user }) => user !== 'monitor' && !user.startsWith('@'));
  const made = new Map(
    users.map(({ user, configure, write, read }) => [`${prefix}${user}`, { configure, write, read }]),
  );
  for (const [name, granted] of made) {
    await request(managementUrl, 'PUT', `/users/${name}`, { password: derivedPassword(rabbitmqUrl, name), tags: '' });
    await request(managementUrl, 'PUT', `/permissions/${vhost}/${name}`, granted);
  }
  const remove = async () => {
    for (const name of made.keys()) await request(managementUrl, 'DELETE', `/users/${name}`);
  };
  return { users: made, remove };
}

/**
 * @param {string} managementUrl
 * @param {'PUT' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 */
async function request(managementUrl, method, path, body) {
  const { origin, username, password } = new URL(managementUrl);
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const response = await fetch(`${origin}/api${path}`, {
    method,
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered ${String(response.status)}`);
}
