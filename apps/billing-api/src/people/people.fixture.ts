import { createHmac, randomUUID } from 'node:crypto';
import type { Role } from '#contracts/http';
import type { Db } from '#database';
import { newToken, SESSION_COOKIE } from '#sessions';
import { PUBLIC } from '../billing-api.fixture.ts';

/**
 * Tests ask as often in a second as the people of a day. Limits that are kept in memory are shares of the replicas: the
 * share of a hundredth is a hundred times the limit.
 */
export const FREE_OF_LIMITS = { CLIENT_MISSES_PER_MINUTE: 10_000, REPLICAS: 0.01 } as const;

export const PASSWORD = 'correct horse battery staple';

/** An answer, read. */
export interface Said {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** A browser with a page of ours open: it keeps cookies, and says where its requests come from. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  get(path: string): Promise<Said> {
    return this.ask('GET', path);
  }

  post(path: string, body?: unknown): Promise<Said> {
    return this.ask('POST', path, { body });
  }

  async ask(
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Said> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      // The key that tests carry is not sent: a person has none.
      credentials: 'omit',
      redirect: 'manual',
      headers: {
        origin: PUBLIC,
        'x-requested-with': 'smart-billing',
        'user-agent': 'Test Browser',
        ...(this.cookies.size === 0
          ? {}
          : { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#keep(response.headers.getSetCookie());
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers };
  }

  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** Status and code of an answer. */
export function outcome({ status, body }: Said): readonly unknown[] {
  return [status, body['code']];
}

export interface TestPerson {
  readonly userId: string;
  readonly email: string;
}

/** A person that is a member, without any factor. */
export async function insertPerson(
  db: Db,
  {
    role = 'admin',
    organizationId = '00000000-0000-4000-8000-000000000001',
    email = `${randomUUID()}@example.com`,
  }: { readonly role?: Role; readonly organizationId?: string; readonly email?: string } = {},
): Promise<TestPerson> {
  const userId = randomUUID();
  await db.query(`insert into users (id, email, name) values ($1, $2, 'Ana Prado')`, [userId, email]);
  await db.query(`insert into memberships (user_id, organization_id, role) values ($1, $2, $3)`, [
    userId,
    organizationId,
    role,
  ]);
  return { userId, email };
}

/** A browser in which the person has just signed in, with two factors unless told otherwise. */
export async function signedIn(
  db: Db,
  origin: string,
  {
    userId,
    organizationId = '00000000-0000-4000-8000-000000000001',
    amr = ['pwd', 'otp'],
  }: { readonly userId: string; readonly organizationId?: string; readonly amr?: readonly string[] },
): Promise<TestBrowser> {
  const { text, hash } = newToken();
  await db.query(
    `insert into sessions (id_hash, id, user_id, organization_id, idle_until, ends_at, auth_time, amr)
     values ($1, $2, $3, $4, now() + interval '15 minutes', now() + interval '12 hours', now(), $5)`,
    [hash, randomUUID(), userId, organizationId, amr],
  );
  const browser = new TestBrowser(origin);
  browser.cookies.set(SESSION_COOKIE, text);
  return browser;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code that an authenticator app shows: RFC 6238, written here a second time. */
export function codeOf(text: string, step: number): string {
  let bits = '';
  for (const letter of text) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeUInt32BE(step, 4);
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) % 16;
  return ((mac.readUInt32BE(offset) % 2 ** 31) % 1_000_000).toString().padStart(6, '0');
}

/** The events of the audit in the order in which they were recorded: action, outcome, actor and details. */
export async function auditOf(db: Db): Promise<readonly (readonly unknown[])[]> {
  const rows = await db.query<{ action: string; outcome: string; actor: string; details: unknown }[]>(
    `select action, outcome, actor_kind as actor, details from audit_events order by id`,
  );
  return rows.map(({ action, outcome: result, actor, details }) => [action, result, actor, details]);
}
