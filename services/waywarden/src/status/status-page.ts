/**
 * The page: four source files made into one self-contained document when the server starts, so that
 * nothing is loaded from anywhere. The policy allows exactly this style and this script, by hash:
 * whatever an agent writes into a title can't run.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface StatusPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** What the page says when there is nothing to show yet. */
export interface PageFacts {
  readonly curlSend: string;
  readonly tenant: string;
  readonly data: string;
}

/** The sources stand in `src` also when the compiled server runs. */
const read = (name: string): string =>
  readFileSync(new URL(`../../src/status/page/${name}`, import.meta.url), 'utf8');

const sourceHash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

export function statusPage(facts: PageFacts): StatusPage {
  const style = read('page.css');
  const script = read('page.js');
  const words = read('words.json');
  // Functions as replacements: a `$` in a source would otherwise be a pattern.
  const html = read('page.html')
    .replace('<!-- style -->', () => `<style>${style}</style>`)
    .replace('<!-- words -->', () => `<script type="application/json" id="words">${words}</script>`)
    .replace('<!-- script -->', () => `<script>${script}</script>`)
    .replace('{{curl_send}}', () => escapeHtml(facts.curlSend))
    .replace('{{tenant}}', () => escapeHtml(facts.tenant))
    .replace('{{data}}', () => escapeHtml(facts.data));
  const contentSecurityPolicy = [
    "default-src 'none'",
    `style-src ${sourceHash(style)}`,
    `script-src ${sourceHash(script)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, contentSecurityPolicy };
}
