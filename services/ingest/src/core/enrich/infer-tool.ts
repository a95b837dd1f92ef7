/** What an unknown tool probably does, by name and words. `inferred` alerts, never revokes. */
import type { Effect } from '@waywarden/schemas';
import {
  foldCharacters,
  foldWord,
  has,
  lookAlikes,
  one,
  type WordSet as Words,
} from '../lexicon/fold-word.ts';
import { type EffectReading, nameEffect } from '../lexicon/name-effect.ts';
import * as objects from '../lexicon/tool-words.ts';
import { STRONG } from '../lexicon/tool-words.ts';
import { propertiesEffect, sentenceReading, type ToolTexts } from './tool-texts.ts';

export interface ToolFacts {
  readonly effect: Effect;
  readonly symbols: readonly string[];
  readonly trust: 'trusted' | 'untrusted' | 'unknown';
}

const NAME_LENGTH_MAX = 128;
const CAMEL = /([\p{Ll}\d])(\p{Lu})/gu;
/** `FHIRGet`, not `URLs`. */
const ACRONYM = /(\p{Lu})(\p{Lu}\p{Ll}{2})/gu;
/** `DR0P`. */
const SMALL = /\p{Ll}/u;

function nameWords(tool: string): readonly string[] {
  return foldCharacters(tool.slice(0, NAME_LENGTH_MAX))
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap((part) =>
      SMALL.test(part) ? part.replace(CAMEL, '$1 $2').replace(ACRONYM, '$1 $2').split(' ') : [part],
    )
    .map(foldWord)
    .filter((word) => word !== '' && word !== 'tool')
    .map(known);
}

function known(word: string): string {
  if (STRONG.has(word)) return word;
  return lookAlikes(word).find((one) => STRONG.has(one)) ?? word;
}

function readSymbols(name: Words): readonly string[] {
  if (one(name, 'memory', 'memories')) return ['read:memory'];
  if (has(name, objects.WEB)) return ['browse:web', 'ingest:untrusted'];
  if (has(name, objects.SECRET)) return ['read:secret'];
  const found: string[] = [];
  if (has(name, objects.OUTSIDE_TEXT)) found.push('ingest:untrusted');
  if (has(name, objects.FINANCIAL)) found.push('read:financial');
  else if (has(name, objects.DIRECTORY) && !one(name, 'user')) found.push('read:directory');
  else if (has(name, objects.PERSONAL)) found.push('read:personal');
  else if (has(name, objects.SOURCE)) found.push('read:source_code');
  else found.push('read:internal');
  return found;
}

function writeSymbols(name: Words): readonly string[] {
  if (one(name, 'memory', 'memories')) return ['write:memory'];
  if (one(name, 'payee', 'beneficiary')) return ['create:payee'];
  if (has(name, objects.SOURCE) || one(name, 'file_contents')) return ['write:source_code'];
  if (one(name, 'config', 'configuration', 'settings', 'policy')) return ['write:config'];
  return ['write:data'];
}

function createSymbols(name: Words): readonly string[] {
  if (has(name, objects.SECRET) || one(name, 'key', 'keys')) return ['create:credential'];
  if (one(name, 'user', 'identity', 'account', 'principal', 'role')) return ['create:identity'];
  if (one(name, 'agent')) return ['modify:agent'];
  return writeSymbols(name);
}

function executeSymbols(name: Words): readonly string[] {
  if (one(name, 'delegate', 'handoff')) return ['delegate:task'];
  if (one(name, 'deploy', 'rollout', 'release')) return ['deploy:production'];
  if (one(name, 'impersonate', 'assume', 'sudo')) return ['impersonate:user'];
  if (one(name, 'approve', 'merge'))
    return [has(name, objects.MONEY) ? 'approve:payment' : 'approve:change'];
  if (one(name, 'shell', 'bash', 'terminal', 'command', 'exec', 'spawn', 'script'))
    return ['exec:shell'];
  return one(name, 'invoke') ? [] : ['exec:code'];
}

const SYMBOLS: Readonly<Record<Effect, (name: Words) => readonly string[]>> = {
  read: readSymbols,
  create: createSymbols,
  update: (name) => (one(name, 'agent', 'prompt', 'model') ? ['modify:agent'] : writeSymbols(name)),
  delete: (name) => {
    if (has(name, objects.LOGGING)) return ['disable:logging', 'delete:data'];
    return [one(name, 'backup', 'backups', 'snapshot') ? 'delete:backup' : 'delete:data'];
  },
  execute: executeSymbols,
  send: (name) =>
    one(name, 'publish', 'tweet', 'post', 'broadcast') ? ['publish:public'] : ['send:external'],
  grant: () => ['grant:access'],
  pay: () => ['initiate:payment'],
  configure: (name) =>
    has(name, objects.LOGGING) && one(name, 'disable', 'toggle', 'set')
      ? ['disable:logging']
      : ['write:config'],
  unknown: () => [],
};

/** Before it, to what. */
function wordsAndOwn(tool: string): readonly [all: readonly string[], own: readonly string[]] {
  const name = tool.slice(0, NAME_LENGTH_MAX);
  const all = nameWords(name);
  const at = Math.max(...['.', ':', '/'].map((mark) => name.lastIndexOf(mark)));
  return [all, at < 0 ? all : nameWords(name.slice(at + 1))];
}

function readingOf(tool: string): readonly [EffectReading, Words] {
  const [all, own] = wordsAndOwn(tool);
  const reading = nameEffect(own);
  return [reading.isSure || own === all ? reading : nameEffect(all), new Set(all)];
}

function factsOf({ effect, isSure }: EffectReading, name: Words): ToolFacts {
  // Only by a verb that says so.
  const symbols = effect === 'execute' && !isSure ? [] : SYMBOLS[effect](name);
  return { effect, symbols, trust: symbols.includes('ingest:untrusted') ? 'untrusted' : 'unknown' };
}

export function inferTool(tool: string): ToolFacts {
  return factsOf(...readingOf(tool));
}

export function inferFromTexts(tool: string, { description, properties }: ToolTexts): ToolFacts {
  const claimed = description === undefined ? undefined : sentenceReading(description);
  const name = [...nameWords(tool), ...(claimed?.words ?? []), ...properties.flatMap(nameWords)];
  const effect = claimed?.effect ?? propertiesEffect(properties) ?? 'unknown';
  return factsOf({ effect, isSure: false }, new Set(name));
}
