import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const BUNDLE = 'redoc.standalone.js';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Smart Billing: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/redoc/page.css">
</head>
<body>
<div id="redoc"></div>
<script src="/redoc/${BUNDLE}"></script>
<script src="/redoc/page.js"></script>
</body>
</html>
`;

/** The search of ReDoc runs in a worker made of a blob, which the page's policy refuses. */
const SCRIPT = `Redoc.init('/docs-json', {
  disableSearch: true,
  requiredPropsFirst: true,
  theme: {
    typography: {
      fontFamily: 'system-ui, sans-serif',
      headings: { fontFamily: 'system-ui, sans-serif' },
      code: { fontFamily: 'ui-monospace, monospace' },
    },
  },
}, document.getElementById('redoc'));
`;

const javascript = 'text/javascript; charset=utf-8';

/** The page at /redoc and the files that it is made of, by path. */
export const redocFiles: ReadonlyMap<string, { readonly type: string; read(): Promise<string | Buffer> }> = new Map([
  ['/redoc', { type: 'text/html; charset=utf-8', read: () => Promise.resolve(PAGE) }],
  ['/redoc/page.css', { type: 'text/css; charset=utf-8', read: () => Promise.resolve('body { margin: 0; }\n') }],
  ['/redoc/page.js', { type: javascript, read: () => Promise.resolve(SCRIPT) }],
  [`/redoc/${BUNDLE}`, { type: javascript, read: readBundle }],
]);

let bundle: Promise<Buffer> | undefined;

/** Reads the file once. A failure is not kept. */
function readBundle(): Promise<Buffer> {
  bundle ??= findBundle().catch((error: unknown) => {
    bundle = undefined;
    throw error;
  });
  return bundle;
}

/** In the image the file lies beside this one, without the rest of its package; elsewhere it is in the package. */
async function findBundle(): Promise<Buffer> {
  try {
    return await readFile(new URL(BUNDLE, import.meta.url));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return await readFile(createRequire(import.meta.url).resolve(`redoc/bundles/${BUNDLE}`));
}
