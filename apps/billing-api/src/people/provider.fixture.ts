import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
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

export interface TestProvider {
  readonly issuer: string;
  /** The person that is at the browser from now on. */
  person: ProviderPerson;
  /** Follows a browser from the provider's first page to where it sends the browser back; the query of that URL. */
  walk(location: string): Promise<string>;
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
  const fixture: { person: ProviderPerson } = { person: { sub: 'nobody' } };
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key of cookies, for tests alone'] },
    // How the person signed in is told in the ID token, and the address where it is asked for with the access token.
    claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
    acrValues: ['gold', 'silver'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
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
    walk: (location) => walk(location, { issuer, redirectUri }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function walk(
  start: string,
  { issuer, redirectUri }: { readonly issuer: string; readonly redirectUri: string },
): Promise<string> {
  const cookies = new Map<string, string>();
  let location = start;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(location, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`the provider answered ${response.status.toString()}: ${await response.text()}`);
    location = new URL(next, issuer).href;
    if (location.startsWith(redirectUri)) return new URL(location).search;
  }
  throw new Error('the provider sends the browser round and round');
}
