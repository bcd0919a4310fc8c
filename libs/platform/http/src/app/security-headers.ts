import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

type Handler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** The pages of the documentation, and the files that they are made of. */
const DOCUMENTATION = /^\/(?:docs|redoc)(?:[/?]|$)/;

/**
 * Answers hold personal data: no cache keeps them unless a handler says so. Only the documentation's files may be kept,
 * and only its pages have inline styles: Swagger UI writes them into the markup, ReDoc makes them while it draws.
 */
export function securityHeaders(): Handler {
  const forAnswers = headersWith(["'self'"]);
  const forDocumentation = headersWith(["'self'", "'unsafe-inline'"]);
  return (request, response, next) => {
    if (DOCUMENTATION.test(request.url ?? '')) {
      forDocumentation(request, response, next);
      return;
    }
    response.setHeader('Cache-Control', 'no-store');
    forAnswers(request, response, next);
  };
}

/** upgrade-insecure-requests would break /docs on a plain http host; TLS is the proxy's matter, and so is HSTS. */
function headersWith(styleSrc: readonly string[]): Handler {
  return helmet({
    contentSecurityPolicy: {
      directives: {
        upgradeInsecureRequests: null,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        styleSrc: [...styleSrc],
      },
    },
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
}
