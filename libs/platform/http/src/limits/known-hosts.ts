import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from '../problems/problem.ts';
import { MALFORMED } from '../problems/unreadable.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** Addresses to listen on that no client asks for. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '[::]', '*']);

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The values of Sec-Fetch-Site for a request that no page of another site made. */
const OWN_FETCH_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

export interface HostRules {
  /** Base URLs that clients use; their hosts and origins are ours. */
  readonly baseUrls: readonly string[];
  /** Further host names or addresses, without ports. */
  readonly names: readonly string[];
}

interface RoutedRequest extends IncomingMessage {
  originalUrl?: string;
}

type Next = (error?: unknown) => void;

/**
 * Keeps web pages of other sites out, also where the app listens on the loopback only. A foreign Host is 421, so that a
 * name that was bound again to this address reads nothing (DNS rebinding). A foreign Origin or Sec-Fetch-Site is 403 on
 * methods that change something (CSRF). Clients that are no browsers send neither header.
 *
 * A target in absolute form (RFC 9112, 3.2.2) names the host instead; it is cut to its path here, once for all
 * handlers.
 */
export function knownHosts({ baseUrls, names }: HostRules) {
  const urls = baseUrls.map((url) => new URL(url));
  const given = names.map((name) => hostOf(name) ?? name.toLowerCase()).filter((name) => !WILDCARDS.has(name));
  const hosts: ReadonlySet<string> = new Set([...LOOPBACK_NAMES, ...given, ...urls.map(({ hostname }) => hostname)]);
  const origins: ReadonlySet<string> = new Set(urls.map(({ origin }) => origin));

  return (request: RoutedRequest, _response: ServerResponse, next: Next): void => {
    const { host: sent = [] } = request.headersDistinct;
    if (sent.length > 1 || (sent.length === 0 && request.httpVersion === '1.1')) {
      next(new ProblemError(MALFORMED));
      return;
    }
    const authority = takeAuthority(request) ?? request.headers.host ?? '';
    // RFC 9112, 3.2.2: the target in absolute form stands above Host, for the next hop too.
    request.headers.host = authority;
    const host = hostOf(authority);
    if (host === undefined || !hosts.has(host)) {
      next(hostUnknown());
      return;
    }
    const isRefused = !SAFE_METHODS.has(request.method ?? '') && !isOurs(request, authority, origins);
    next(isRefused ? originRefused() : undefined);
  };
}

/** Decides by the Origin, which no page can forge; without one, by Sec-Fetch-Site. */
function isOurs({ headers }: IncomingMessage, authority: string, origins: ReadonlySet<string>): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === undefined) return typeof site !== 'string' || OWN_FETCH_SITES.has(site);
  // Behind a proxy that ends TLS, the page is https and the request that arrives here is not.
  const own = ['http', 'https'].map((scheme) => originOf(`${scheme}://${authority}`));
  return origins.has(origin) || own.includes(origin);
}

/** The authority of a target in absolute form, which the target loses; undefined for the usual form. */
function takeAuthority(request: RoutedRequest): string | undefined {
  const { url: target = '' } = request;
  if (target.startsWith('/') || target === '*') return undefined;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return '';
  request.url = `${url.pathname}${url.search}`;
  request.originalUrl = request.url;
  return url.host;
}

/** The name or address of an authority, in lower case, without its port; undefined if it is none. */
function hostOf(authority: string): string | undefined {
  const text = authority.includes(':') && !/[\].]|:\d{0,5}$/.test(authority) ? `[${authority}]` : authority;
  if (!/^[\w.:[\]-]{1,300}$/.test(text) || !URL.canParse(`http://${text}`)) return undefined;
  return new URL(`http://${text}`).hostname;
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function hostUnknown(): ProblemError {
  return new ProblemError({
    status: 421,
    code: 'HOST_UNKNOWN',
    title: 'This host name is not answered here',
    detail: 'Use the host of PUBLIC_URL, or have the operator add yours to HTTP_HOSTS_ALLOWED.',
  });
}

function originRefused(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'ORIGIN_REFUSED',
    title: 'A page of another site may not change anything here',
    detail: 'Nothing was changed. Origin and Sec-Fetch-Site must be those of this API, or be left out.',
  });
}
