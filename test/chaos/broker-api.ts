export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Between an exchange and a queue. */
interface Binding {
  readonly source: string;
  readonly destination: string;
  readonly routing_key: string;
  readonly properties_key: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The part of what the apps declare that is read here. */
export interface Plan {
  readonly exchanges: readonly { readonly name: string }[];
  readonly bindings: readonly { readonly exchange: string; readonly queue: string; readonly routingKey: string }[];
}

export interface Missing {
  readonly exchanges: ReadonlySet<string>;
  readonly bindings: ReadonlySet<string>;
}

const everything: Permissions = { configure: '.*', write: '.*', read: '.*' };

/** The broker's management API, within one vhost of its own. */
export class BrokerApi {
  readonly #origin: string;
  readonly #login: string;
  readonly user: string;
  readonly vhost: string;
  /** The apps' users, with what each may do. */
  appUsers: ReadonlyMap<string, Permissions> = new Map();

  /** @param managementUrl with user and password */
  constructor(managementUrl: string, vhost: string) {
    const { origin, username, password } = new URL(managementUrl);
    this.#origin = origin;
    this.#login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    this.user = decodeURIComponent(username);
    this.vhost = vhost;
  }

  /** @returns undefined when the answer has no body */
  async call<T = undefined>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#origin}/api${path}`, {
      method,
      headers: { authorization: `Basic ${this.#login}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${String(response.status)}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** @param administrator of the vhost, if not that of the API */
  async createVhost(administrator: string = this.user): Promise<void> {
    await this.call('PUT', `/vhosts/${this.vhost}`, {});
    for (const user of new Set([this.user, administrator])) {
      await this.call('PUT', `/permissions/${this.vhost}/${user}`, everything);
    }
  }

  async deleteVhost(): Promise<void> {
    await this.call('DELETE', `/vhosts/${this.vhost}`);
  }

  /** Messages of each queue, delivered and unsettled ones included, as they are now. */
  async depths(): Promise<Map<string, number>> {
    // Without `disable_stats` the counts would be up to five seconds old.
    const path = `/queues/${this.vhost}?disable_stats=true&enable_queue_totals=true`;
    const queues = await this.call<{ name: string; messages?: number }[]>('GET', path);
    return new Map(queues.map(({ name, messages = 0 }) => [name, messages]));
  }

  /** Deliveries marked as repeats, as far as the broker remembers: a restart forgets. */
  async redelivered(): Promise<number> {
    const queues = await this.call<{ message_stats?: { redeliver?: number } }[]>('GET', `/queues/${this.vhost}`);
    return queues.reduce((sum, { message_stats: stats }) => sum + (stats?.redeliver ?? 0), 0);
  }

  async connections(): Promise<{ name: string }[]> {
    return await this.call('GET', `/vhosts/${this.vhost}/connections`);
  }

  /** @returns how many were closed */
  async closeConnections(): Promise<number> {
    const connections = await this.connections();
    const closed = await Promise.allSettled(
      connections.map(({ name }) => this.call('DELETE', `/connections/${encodeURIComponent(name)}`)),
    );
    return closed.filter(({ status }) => status === 'fulfilled').length;
  }

  /** Which connections publish: their names and how much. */
  async publishers(): Promise<{ connection: string; published: number }[]> {
    const channels = await this.call<
      { connection_details?: { name?: string }; message_stats?: { publish?: number } }[]
    >('GET', `/vhosts/${this.vhost}/channels`);
    return channels.map(({ connection_details: details, message_stats: stats }) => ({
      connection: details?.name ?? '',
      published: stats?.publish ?? 0,
    }));
  }

  /**
   * Deletes a queue that holds nothing. First nothing may come to it any more, and no app may bind it again: a message
   * that came between the look and the deletion would be lost with it by definition.
   * @returns false when there is something in it; then all is as before
   */
  async deleteEmptyQueue(queue: string): Promise<boolean> {
    const name = encodeURIComponent(queue);
    if (((await this.depths()).get(queue) ?? 0) > 0) return false;
    const all = await this.call<Binding[]>('GET', `/queues/${this.vhost}/${name}/bindings`);
    const bindings = all.filter(({ source }) => source !== '');
    const pathOf = ({ source }: Binding): string => `/bindings/${this.vhost}/e/${encodeURIComponent(source)}/q/${name}`;
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

  /** True if a message waits in it at this moment; the counts of a quorum queue are up to five seconds old. */
  async holdsAnything(queue: string): Promise<boolean> {
    if (((await this.depths()).get(queue) ?? 0) > 0) return true;
    const path = `/queues/${this.vhost}/${encodeURIComponent(queue)}/get`;
    const found = await this.call<unknown[]>('POST', path, {
      count: 1,
      ackmode: 'reject_requeue_true',
      encoding: 'auto',
    });
    return found.length > 0;
  }

  /**
   * An empty queue is replaced by one of its name and bindings, with other arguments.
   * @returns false when there was something in it, or an app declared it first
   */
  async remakeQueue(queue: string, changes: Record<string, unknown>): Promise<boolean> {
    const path = `/queues/${this.vhost}/${encodeURIComponent(queue)}`;
    const { arguments: before } = await this.call<{ arguments: Record<string, unknown> }>('GET', path);
    const bindings = (await this.bindings()).filter(({ destination }) => destination === queue);
    if (!(await this.deleteEmptyQueue(queue))) return false;
    const body = { durable: true, arguments: { ...before, ...changes } };
    try {
      await this.call('PUT', path, body);
    } catch (error) {
      if (error instanceof Error && error.message.includes('inequivalent')) return false;
      throw error;
    }
    for (const { source, routing_key: key } of bindings) {
      await this.call('POST', `/bindings/${this.vhost}/e/${source}/q/${encodeURIComponent(queue)}`, {
        routing_key: key,
      });
    }
    return true;
  }

  /** Those between an exchange and a queue. */
  async bindings(): Promise<Binding[]> {
    const all = await this.call<Binding[]>('GET', `/bindings/${this.vhost}`);
    return all.filter(({ source }) => source !== '');
  }

  async deleteBinding({ source, destination, properties_key: key }: Binding): Promise<void> {
    const queue = encodeURIComponent(destination);
    await this.#delete(`/bindings/${this.vhost}/e/${source}/q/${queue}/${encodeURIComponent(key)}`);
  }

  async deleteExchange(exchange: string): Promise<void> {
    await this.#delete(`/exchanges/${this.vhost}/${exchange}`);
  }

  /** The parts of the plan that the broker lacks. */
  async missing(plan: Plan): Promise<Missing> {
    const exchanges = await this.call<{ name: string }[]>('GET', `/exchanges/${this.vhost}`);
    const names = new Set(exchanges.map(({ name }) => name));
    const bound = new Set(
      (await this.bindings()).map((each) => bindingName(each.source, each.destination, each.routing_key)),
    );
    const wanted = plan.bindings.map(({ exchange, queue, routingKey }) => bindingName(exchange, queue, routingKey));
    return {
      exchanges: new Set(plan.exchanges.map(({ name }) => name).filter((name) => !names.has(name))),
      bindings: new Set(wanted.filter((name) => !bound.has(name))),
    };
  }

  /** Sets the rights of the apps' users, by the names of exchanges and queues; by default what each may do. */
  async permit(permissions?: Permissions): Promise<void> {
    for (const [user, own] of this.appUsers) {
      await this.call('PUT', `/permissions/${this.vhost}/${user}`, permissions ?? own);
    }
  }

  /** The users of the apps may not even enter. */
  async banish(): Promise<void> {
    for (const user of this.appUsers.keys()) await this.#delete(`/permissions/${this.vhost}/${user}`);
  }

  /** A missing object is already deleted. */
  async #delete(path: string): Promise<void> {
    try {
      await this.call('DELETE', path);
    } catch (error) {
      if (!(error instanceof Error && error.message.includes(' 404'))) throw error;
    }
  }

  async deleteQueue(queue: string): Promise<void> {
    await this.call('DELETE', `/queues/${this.vhost}/${encodeURIComponent(queue)}`);
  }
}

function bindingName(exchange: string, queue: string, routingKey: string): string {
  return `${exchange} → ${queue} (${routingKey})`;
}
