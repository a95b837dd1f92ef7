/**
 * What a tool that no catalogue entry describes probably does, from its name. A guess on the side of
 * seeing: basis `inferred` can raise an alert and never revokes (docs: privilege assembly). Verbs
 * (`tool-words.ts`) decide the effect, objects decide which capability; a name without a known verb has effect
 * `unknown` and no capability, and shows up as such in the catalogue's coverage.
 */
import type { Effect } from '@waywarden/schemas';
import { foldCharacters, foldWord, lookAlikes } from './fold-word.ts';
import { STRONG, UNSPACED, WEAK, WHOLE_NAMES } from './tool-words.ts';

export interface ToolFacts {
  readonly effect: Effect;
  readonly symbols: readonly string[];
  readonly trust: 'trusted' | 'untrusted' | 'unknown';
}

const NAME_LENGTH_MAX = 128;
const CAMEL = /([\p{Ll}\d])(\p{Lu})/gu;
/** What is all in capitals is one word: `DR0P`. */
const SMALL = /\p{Ll}/u;
const SCRIPTS_WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const WEB = words(
  'web webpage website url page browser browse visit click scroll navigate http internet google bing site link',
);
const OUTSIDE_TEXT = words(
  'email emails mail mails inbox message messages chat comment comments issue issues ticket tickets review reviews feed post posts tweet attachment attachments',
);
const SECRET = words(
  'secret secrets password passwords credential credentials vault passphrase apikey token tokens',
);
const PERSONAL = words(
  'user users person people contact contacts profile profiles customer customers patient patients employee employees passenger passengers member',
);
const FINANCIAL = words(
  'balance transaction transactions invoice invoices payment payments iban account accounts salary payroll statement statements ledger loan portfolio fund funds financial billing bank',
);
const SOURCE = words('repo repository code source commit commits diff branch pr pull');
const DIRECTORY = words(
  'directory users groups members roles permissions org organization policies ldap',
);
const MONEY = words('money funds payment transfer bill invoice transaction payout');
/** Nothing but money, wherever the verb stands: German has it last. */
const CASH = words('money geld dinero argent dinheiro denaro');
const LOGGING = words('log logs logging audit trail monitoring alerts alarm telemetry detector');

type Words = ReadonlySet<string>;
const has = (name: Words, any: Words) => [...name].some((word) => any.has(word));
const one = (name: Words, ...any: string[]) => any.some((word) => name.has(word));

function nameWords(tool: string): readonly string[] {
  return foldCharacters(tool.slice(0, NAME_LENGTH_MAX))
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .flatMap((part) => (SMALL.test(part) ? part.replace(CAMEL, '$1 $2').split(' ') : [part]))
    .map(foldWord)
    .filter((word) => word !== '' && word !== 'tool')
    .map(known);
}

/** The verb that a word only looks like, where it is none itself. */
function known(word: string): string {
  if (STRONG.has(word)) return word;
  return lookAlikes(word).find((one) => STRONG.has(one)) ?? word;
}

function readSymbols(name: Words): readonly string[] {
  if (one(name, 'memory', 'memories')) return ['read:memory'];
  if (has(name, WEB)) return ['browse:web', 'ingest:untrusted'];
  if (has(name, SECRET)) return ['read:secret'];
  const found: string[] = [];
  if (has(name, OUTSIDE_TEXT)) found.push('ingest:untrusted');
  if (has(name, FINANCIAL)) found.push('read:financial');
  else if (has(name, DIRECTORY) && !one(name, 'user')) found.push('read:directory');
  else if (has(name, PERSONAL)) found.push('read:personal');
  else if (has(name, SOURCE)) found.push('read:source_code');
  else found.push('read:internal');
  return found;
}

function writeSymbols(name: Words): readonly string[] {
  if (one(name, 'memory', 'memories')) return ['write:memory'];
  if (one(name, 'payee', 'beneficiary')) return ['create:payee'];
  if (has(name, SOURCE) || one(name, 'file_contents')) return ['write:source_code'];
  if (one(name, 'config', 'configuration', 'settings', 'policy')) return ['write:config'];
  return ['write:data'];
}

function createSymbols(name: Words): readonly string[] {
  if (has(name, SECRET) || one(name, 'key', 'keys')) return ['create:credential'];
  if (one(name, 'user', 'identity', 'account', 'principal', 'role')) return ['create:identity'];
  if (one(name, 'agent')) return ['modify:agent'];
  return writeSymbols(name);
}

function executeSymbols(name: Words): readonly string[] {
  if (one(name, 'delegate', 'handoff')) return ['delegate:task'];
  if (one(name, 'deploy', 'rollout', 'release')) return ['deploy:production'];
  if (one(name, 'impersonate', 'assume', 'sudo')) return ['impersonate:user'];
  if (one(name, 'approve', 'merge'))
    return [has(name, MONEY) ? 'approve:payment' : 'approve:change'];
  if (one(name, 'shell', 'bash', 'terminal', 'command', 'exec', 'spawn', 'script'))
    return ['exec:shell'];
  return one(name, 'invoke') ? [] : ['exec:code'];
}

const SYMBOLS: Readonly<Record<Effect, (name: Words) => readonly string[]>> = {
  read: readSymbols,
  create: createSymbols,
  update: (name) => (one(name, 'agent', 'prompt', 'model') ? ['modify:agent'] : writeSymbols(name)),
  delete: (name) => {
    if (has(name, LOGGING)) return ['disable:logging', 'delete:data'];
    return [one(name, 'backup', 'backups', 'snapshot') ? 'delete:backup' : 'delete:data'];
  },
  execute: executeSymbols,
  send: (name) =>
    one(name, 'publish', 'tweet', 'post', 'broadcast') ? ['publish:public'] : ['send:external'],
  grant: () => ['grant:access'],
  pay: () => ['initiate:payment'],
  configure: (name) =>
    has(name, LOGGING) && one(name, 'disable', 'toggle', 'set')
      ? ['disable:logging']
      : ['write:config'],
  unknown: () => [],
};

/** What is written without spaces may say two things: then it says none, unless both are the same. */
function unspacedEffect(names: readonly string[]): Effect | undefined {
  const unspaced = names.filter((word) => SCRIPTS_WITHOUT_SPACES.test(word));
  const found = UNSPACED.filter(([, parts]) =>
    parts.some((part) => unspaced.some((word) => word.includes(part))),
  ).map(([effect]) => effect);
  return new Set(found).size === 1 ? found[0] : undefined;
}

/** The first verb of the name decides; a verb that is also a noun counts only in first place. */
function effectOf(names: readonly string[], name: Words): Effect {
  const [head = ''] = names;
  const first = STRONG.get(head);
  if (first === 'send' && (has(name, MONEY) || has(name, CASH))) return 'pay';
  if (first !== undefined) return first;
  const verb = names.find((word) => STRONG.has(word) && !OUTSIDE_TEXT.has(word));
  if (verb !== undefined) {
    const effect = STRONG.get(verb) ?? 'unknown';
    return effect === 'send' && has(name, CASH) ? 'pay' : effect;
  }
  const whole = names.length === 1 ? WHOLE_NAMES.get(head) : undefined;
  const other = WEAK.get(head) ?? whole ?? unspacedEffect(names);
  if (other !== undefined) return other;
  return has(name, WEB) ? 'read' : 'unknown';
}

export function inferTool(tool: string): ToolFacts {
  const names = nameWords(tool);
  const name = new Set(names);
  const effect = effectOf(names, name);
  const symbols = SYMBOLS[effect](name);
  return { effect, symbols, trust: symbols.includes('ingest:untrusted') ? 'untrusted' : 'unknown' };
}
