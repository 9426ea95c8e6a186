import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { PageExample } from './examples.js';

/** The page is plain HTML, CSS and JavaScript: it is served as it lies in the sources, which the package brings. */
const folder = fileURLToPath(new URL('../../../src/serve/page/', import.meta.url));

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** `GET /`, the files of the page, and its examples; all are read once. */
export async function addPageRoutes(app: FastifyInstance, examples: readonly PageExample[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const content = await readFile(`${folder}${name}`);
    const type = contentTypes[extname(name)] ?? 'application/octet-stream';
    const url = name === 'index.html' ? '/' : `/page/${name}`;
    app.get(url, { schema: { hide: true } }, (_request, reply) => reply.type(type).send(content));
  }
  app.get('/examples', { schema: { hide: true } }, () => examples);
}
