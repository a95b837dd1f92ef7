/** `node --import`: empties the word lists of ingest's lexicon that `WITHOUT_WORDS` names. */
import { register } from 'node:module';

const HOOK = `
const names = ${JSON.stringify((process.env.WITHOUT_WORDS ?? '').split(',').filter(Boolean))};
export async function load(url, context, next) {
  const found = await next(url, context);
  if (!url.endsWith('/ingest/dist/core/lexicon/lexicon.js')) return found;
  const { LEXICON } = await import('data:text/javascript,' + encodeURIComponent(String(found.source)));
  const empty = (list) => typeof list === 'string' ? '' : Object.fromEntries(Object.entries(list).map(([key]) => [key, '']));
  const left = Object.fromEntries(Object.entries(LEXICON).map(([key, list]) => [key, names.includes(key) ? empty(list) : list]));
  return { ...found, source: 'export const LEXICON = ' + JSON.stringify(left) + ';' };
}`;
register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
