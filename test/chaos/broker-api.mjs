const everything = { configure: '.*', write: '.*', read: '.*' };

/** The broker's management API, within one vhost of its own. */
export class BrokerApi {
  #origin;
  #login;

  /** @param {string} managementUrl with user and password @param {string} vhost */
  constructor(managementUrl, vhost) {
    const { origin, username, password } = new URL(managementUrl);
    this.#origin = origin;
    this.#login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    this.user = decodeURIComponent(username);
    this.appUser = this.user;
    this.vhost = vhost;
  }

  /**
   * @param {string} method @param {string} path @param {unknown} [body]
   * @returns {Promise<any>} undefined when the answer has no body
   */
  async call(method, path, body) {
    const response = await fetch(`${this.#origin}/api${path}`, {
      method,
      headers: { authorization: `Basic ${this.#login}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${String(response.status)}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** @param {string} [appUser] the user that connects to it, if not the administrator of the API */
  async createVhost(appUser = this.user) {
    await this.call('PUT', `/vhosts/${this.vhost}`, {});
    this.appUser = appUser;
    for (const user of new Set([this.user, appUser])) {
      await this.call('PUT', `/permissions/${this.vhost}/${user}`, everything);
    }
  }

  async deleteVhost() {
    await this.call('DELETE', `/vhosts/${this.vhost}`);
  }

  /**
   * Messages of each queue, delivered and unsettled ones included, as they are now.
   * @returns {Promise<Map<string, number>>}
   */
  async depths() {
    // Without `disable_stats` the counts would be up to five seconds old.
    const path = `/queues/${this.vhost}?disable_stats=true&enable_queue_totals=true`;
    const queues = await this.call('GET', path);
    return new Map(queues.map(({ name, messages = 0 }) => [name, messages]));
  }

  /** Deliveries marked as repeats, as far as the broker remembers: a restart forgets. */
  async redelivered() {
    const queues = await this.call('GET', `/queues/${this.vhost}`);
    return queues.reduce((sum, { message_stats: stats }) => sum + (stats?.redeliver ?? 0), 0);
  }

  /** @returns {Promise<{ name: string }[]>} */
  async connections() {
    return await this.call('GET', `/vhosts/${this.vhost}/connections`);
  }

  /** @returns {Promise<number>} how many were closed */
  async closeConnections() {
    const connections = await this.connections();
    const closed = await Promise.allSettled(
      connections.map(({ name }) => this.call('DELETE', `/connections/${encodeURIComponent(name)}`)),
    );
    return closed.filter(({ status }) => status === 'fulfilled').length;
  }

  /**
   * Which connections publish: their names and how much.
   * @returns {Promise<{ connection: string, published: number }[]>}
   */
  async publishers() {
    const channels = await this.call('GET', `/vhosts/${this.vhost}/channels`);
    return channels.map(({ connection_details: details, message_stats: stats }) => ({
      connection: details?.name ?? '',
      published: stats?.publish ?? 0,
    }));
  }

  /**
   * Deletes a queue that holds nothing. First nothing may come to it any more, and no app may bind it again: a message
   * that came between the look and the deletion would be lost with it by definition.
   *
   * @param {string} queue
   * @returns {Promise<boolean>} false when there is something in it; then all is as before
   */
  async deleteEmptyQueue(queue) {
    const name = encodeURIComponent(queue);
    if (((await this.depths()).get(queue) ?? 0) > 0) return false;
    const bindings = (await this.call('GET', `/queues/${this.vhost}/${name}/bindings`)).filter(({ source }) => source);
    const pathOf = ({ source }) => `/bindings/${this.vhost}/e/${encodeURIComponent(source)}/q/${name}`;
    let isDeleted = false;
    const others = `^(?!${queue.replaceAll('.', '[.]')}$).*$`;
    await this.permit({ configure: others, write: others, read: '.*' });
    try {
      for (const each of bindings) {
        await this.call('DELETE', `${pathOf(each)}/${encodeURIComponent(each.properties_key)}`);
      }
      if (await this.holdsAnything(queue)) return false;
      await this.deleteQueue(queue);
      isDeleted = true;
      return true;
    } finally {
      for (const each of isDeleted ? [] : bindings) {
        await this.call('POST', pathOf(each), { routing_key: each.routing_key, arguments: each.arguments });
      }
      await this.permit();
    }
  }

  /**
   * True if a message waits in it at this moment; the counts of a quorum queue are up to five seconds old.
   * @param {string} queue
   */
  async holdsAnything(queue) {
    if (((await this.depths()).get(queue) ?? 0) > 0) return true;
    const path = `/queues/${this.vhost}/${encodeURIComponent(queue)}/get`;
    const found = await this.call('POST', path, { count: 1, ackmode: 'reject_requeue_true', encoding: 'auto' });
    return found.length > 0;
  }

  /**
   * An empty queue is replaced by one of its name and bindings, with other arguments.
   *
   * @param {string} queue
   * @param {Record<string, unknown>} changes
   * @returns {Promise<boolean>} false when there was something in it, or an app declared it first
   */
  async remakeQueue(queue, changes) {
    const path = `/queues/${this.vhost}/${encodeURIComponent(queue)}`;
    const { arguments: before } = await this.call('GET', path);
    const bindings = (await this.bindings()).filter(({ destination }) => destination === queue);
    if (!(await this.deleteEmptyQueue(queue))) return false;
    const body = { durable: true, arguments: { ...before, ...changes } };
    try {
      await this.call('PUT', path, body);
    } catch (error) {
      if (error.message.includes('inequivalent')) return false;
      throw error;
    }
    for (const { source, routing_key: key } of bindings) {
      await this.call('POST', `/bindings/${this.vhost}/e/${source}/q/${encodeURIComponent(queue)}`, {
        routing_key: key,
      });
    }
    return true;
  }

  /**
   * Those between an exchange and a queue.
   * @returns {Promise<{ source: string, destination: string, routing_key: string, properties_key: string }[]>}
   */
  async bindings() {
    return (await this.call('GET', `/bindings/${this.vhost}`)).filter(({ source }) => source !== '');
  }

  /** @param {{ source: string, destination: string, properties_key: string }} binding */
  async deleteBinding({ source, destination, properties_key: key }) {
    const queue = encodeURIComponent(destination);
    await this.#delete(`/bindings/${this.vhost}/e/${source}/q/${queue}/${encodeURIComponent(key)}`);
  }

  /** @param {string} exchange */
  async deleteExchange(exchange) {
    await this.#delete(`/exchanges/${this.vhost}/${exchange}`);
  }

  /**
   * The parts of the plan that the broker lacks.
   * @param {{ exchanges: { name: string }[], bindings: { exchange: string, queue: string, routingKey: string }[] }}
   *   plan
   */
  async missing(plan) {
    const names = new Set((await this.call('GET', `/exchanges/${this.vhost}`)).map(({ name }) => name));
    const bound = new Set(
      (await this.bindings()).map((each) => bindingName(each.source, each.destination, each.routing_key)),
    );
    const wanted = plan.bindings.map(({ exchange, queue, routingKey }) => bindingName(exchange, queue, routingKey));
    return {
      exchanges: new Set(plan.exchanges.map(({ name }) => name).filter((name) => !names.has(name))),
      bindings: new Set(wanted.filter((name) => !bound.has(name))),
    };
  }

  /**
   * Sets the rights of the apps' user, by the names of exchanges and queues; all rights by default.
   * @param {{ configure: string, write: string, read: string }} [permissions]
   */
  async permit(permissions = everything) {
    await this.call('PUT', `/permissions/${this.vhost}/${this.appUser}`, permissions);
  }

  /** The user of the apps may not even enter. */
  async banish() {
    await this.#delete(`/permissions/${this.vhost}/${this.appUser}`);
  }

  /** A missing object is already deleted. */
  async #delete(path) {
    await this.call('DELETE', path).catch((error) => {
      if (!error.message.includes(' 404')) throw error;
    });
  }

  /** @param {string} queue */
  async deleteQueue(queue) {
    await this.call('DELETE', `/queues/${this.vhost}/${encodeURIComponent(queue)}`);
  }
}

function bindingName(exchange, queue, routingKey) {
  return `${exchange} → ${queue} (${routingKey})`;
}
