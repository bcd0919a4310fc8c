import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'smart-billing', secret: 'a secret of the client, for tests alone' };

/** A person as the provider knows that person. */
interface ProviderPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly amr?: readonly string[];
  readonly acr?: string;
}

/** A logout token that differs from those that the provider makes. A claim that is undefined is left out. */
interface OddToken {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg: string; readonly typ?: string };
  readonly key?: KeyObject | Uint8Array;
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const USUAL_HEADER = { alg: 'RS256', typ: 'logout+jwt' };
const LOGOUT_PATH = '/v1/auth/oidc/logout';

export interface TestProvider {
  readonly issuer: string;
  /** Where the app listens: the back channel goes there. */
  appUrl: string;
  /** The person that is at the browser from now on. */
  person: ProviderPerson;
  /** Follows a browser from the provider's first page to where it sends the browser back; the query of that URL. */
  walk(location: string): Promise<string>;
  /** Signs the browser of the last walk out at the provider. What came of it for each client that was told. */
  signOut(): Promise<readonly string[]>;
  /** A logout token for the person that is at the browser. */
  logoutToken(odd?: OddToken): Promise<string>;
  stop(): Promise<void>;
}

/** oidc-provider on the loopback, at which one person is at the browser and agrees to everything. */
export async function startProvider(redirectUri: string): Promise<TestProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const issuer = `http://127.0.0.1:${address.port.toString()}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const fixture = { person: { sub: 'none' } as ProviderPerson, appUrl: '', cookies: new Map<string, string>() };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        backchannel_logout_uri: new URL(LOGOUT_PATH, redirectUri).href,
      },
    ],
    // The name of the app is one of no host, and the provider's own fetch asks no address of this machine.
    fetch: (_, { method, headers, body } = {}) =>
      fetch(new URL(LOGOUT_PATH, fixture.appUrl), {
        ...(method === undefined ? {} : { method }),
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        credentials: 'omit',
      }),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key of cookies, for tests alone'] },
    // How the person signed in is told in the ID token, and the address where it is asked for with the access token.
    claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
    acrValues: ['gold', 'silver'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = form;
        },
      },
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...fixture.person, sub }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({
        ...(client === undefined ? {} : { clientId: client.clientId }),
        ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const told: string[] = [];
  provider.on('backchannel.success', () => told.push('success'));
  provider.on('backchannel.error', (_, error) => told.push(error.message));
  const handle = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void handle(request, response);
      return;
    }
    const { sub: accountId, amr, acr } = fixture.person;
    const login = { accountId, ...(amr === undefined ? {} : { amr: [...amr] }), ...(acr === undefined ? {} : { acr }) };
    void provider.interactionFinished(request, response, { login });
  });
  return {
    issuer,
    get person() {
      return fixture.person;
    },
    set person(person: ProviderPerson) {
      fixture.person = person;
    },
    get appUrl() {
      return fixture.appUrl;
    },
    set appUrl(url: string) {
      fixture.appUrl = url;
    },
    walk: (location) => {
      fixture.cookies = new Map();
      return walk(location, { issuer, redirectUri, cookies: fixture.cookies });
    },
    signOut: async () => {
      told.length = 0;
      await signOut(issuer, fixture.cookies);
      return [...told];
    },
    logoutToken: async ({ claims, header = USUAL_HEADER, key = privateKey } = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const usual = { iss: issuer, aud: CLIENT.id, sub: fixture.person.sub, iat: now, exp: now + 120 };
      const payload = { ...usual, jti: randomUUID(), events: { [LOGOUT_EVENT]: {} }, ...claims };
      return new SignJWT(payload).setProtectedHeader(header).sign(key);
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Asks for a page as the browser with these cookies, which keeps what it is given. */
async function visit(url: string, cookies: Map<string, string>, form?: URLSearchParams): Promise<Response> {
  const response = await fetch(url, {
    ...(form === undefined ? {} : { method: 'POST', body: form }),
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    cookies.set(name, value);
  }
  return response;
}

interface Walker {
  readonly issuer: string;
  readonly redirectUri: string;
  readonly cookies: Map<string, string>;
}

async function walk(start: string, { issuer, redirectUri, cookies }: Walker): Promise<string> {
  let location = start;
  for (let step = 0; step < 10; step += 1) {
    const response = await visit(location, cookies);
    const next = response.headers.get('location');
    if (next === null) throw new Error(`the provider answered ${response.status.toString()}: ${await response.text()}`);
    location = new URL(next, issuer).href;
    if (location.startsWith(redirectUri)) return new URL(location).search;
  }
  throw new Error('the provider sends the browser round and round');
}

async function signOut(issuer: string, cookies: Map<string, string>): Promise<void> {
  const page = await visit(`${issuer}/session/end`, cookies);
  const [, xsrf = ''] = /name="xsrf" value="([^"]*)"/.exec(await page.text()) ?? [];
  const form = new URLSearchParams({ xsrf, logout: 'yes' });
  const { status } = await visit(`${issuer}/session/end/confirm`, cookies, form);
  if (status >= 400) throw new Error(`the provider answered the sign-out with ${status.toString()}`);
}
