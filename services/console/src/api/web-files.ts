/**
 * The page's files, read once when the server starts: no path of a request is looked up. Only scripts and styles of
 * this server may run; the nonce allows the one style element of the component library.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';

const NONCE_PLACEHOLDER = '__CSP_NONCE__';
const NONCE_BYTES = 16;
/** Files have their hash in their name. */
const FOREVER = 'public, max-age=31536000, immutable';
/** Beside the compiled server and, from there, beside the sources too (tests run those). */
const FOLDERS = ['../web', '../../dist/web'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Waywarden</title>
<p>The page is not built. Run <code>npm run build</code> and start again. The API answers under /v1.</p></html>`;

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

interface WebFile {
  readonly type: string;
  readonly body: Buffer;
}

function filesOf(folder: string): ReadonlyMap<string, WebFile> {
  const assets = join(folder, 'assets');
  if (!existsSync(assets)) return new Map();
  return new Map(
    readdirSync(assets).map((name) => [
      name,
      {
        type: TYPES[extname(name)] ?? 'application/octet-stream',
        body: readFileSync(join(assets, name)),
      },
    ]),
  );
}

/** Addresses of pages; the page itself knows which of them it is. */
const PAGES = [
  '/',
  '/alerts',
  '/alerts/*',
  '/agents',
  '/agents/*',
  '/chains',
  '/chains/*',
  '/events/*',
  '/containments',
  '/containments/*',
  '/approvals',
  '/suppressions',
  '/notifications',
  '/audit',
  '/tokens',
  '/accounts',
  '/rules',
  '/sources',
  '/response-impact',
];

export function webRoutes(app: FastifyInstance): void {
  const folder = FOLDERS.find((one) => existsSync(join(one, 'index.html')));
  const html = folder === undefined ? NOT_BUILT : readFileSync(join(folder, 'index.html'), 'utf8');
  const files: ReadonlyMap<string, WebFile> = folder === undefined ? new Map() : filesOf(folder);
  const page = (reply: FastifyReply) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .header('content-security-policy', policyOf(nonce))
      .type('text/html; charset=utf-8')
      .send(html.replaceAll(NONCE_PLACEHOLDER, nonce));
  };
  for (const path of PAGES) app.get(path, (_request, reply) => page(reply));
  app.get<{ Params: { name: string } }>('/assets/:name', (request, reply) => {
    const file = files.get(request.params.name);
    if (file === undefined) return reply.code(404).type('text/plain').send('No such file.');
    return reply.header('cache-control', FOREVER).type(file.type).send(file.body);
  });
}
