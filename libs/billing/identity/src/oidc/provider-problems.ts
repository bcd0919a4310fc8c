import { ProblemError } from '#http';

/** Plain HTTP is for a provider on this machine alone: a test, or a developer's. */
export function isPlainLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

export function providerAway(cause: unknown): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'PROVIDER_AWAY',
    title: 'The provider does not answer',
    detail: 'Try again later, or sign in with a passkey or a password.',
    headers: { 'Retry-After': '10' },
    cause,
  });
}

/** The provider proved a person whose address is not of OIDC_ALLOWED_DOMAINS, or did not check any address. */
export function emailDomainRefused(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'EMAIL_DOMAIN_REFUSED',
    title: 'Not an address of this company',
    detail:
      'With this provider only people of certain domains sign in, and the provider must have checked the address. The ' +
      'operator sets the domains: OIDC_ALLOWED_DOMAINS.',
  });
}
