/** What a shell's text destroys or opens, by an exact short list. Not seen: scripts, `python -c`, aliases. */
import { words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { type ShellCommand, shellText } from './shell-commands.ts';
import { sqlFacts } from './sql-facts.ts';
import {
  AS_ENTRY,
  DELETES,
  GRANTS,
  MAKES_IDENTITY,
  RUNS_CODE,
  type StatementFacts,
  strongestOf,
} from './statement-facts.ts';

const DEPTH_MAX = 3;

type Words = readonly string[];
type Form = (args: Words) => StatementFacts;

const CARRIERS = words(LEXICON.shell.carriers);
const VALUED = words(LEXICON.shell.valued);
const SHELLS = words(LEXICON.shell.shells);
const INTERPRETERS = words(LEXICON.shell.interpreters);
const FETCHERS = words(LEXICON.shell.fetchers);
const REMOTE = words(LEXICON.shell.remote);
const SQL_CLIENTS = words(LEXICON.shell.sql_clients);
const SYSTEM =
  /^(?:\/|~|\/(?:etc|usr|bin|sbin|lib|lib64|boot|var|opt|root|home|srv|sys|dev)\/?\*?|\/\*)$/;
const REBUILT = words(LEXICON.shell.rebuilt);

const options = (args: Words) => args.filter((one) => one.startsWith('-'));
const operands = (args: Words) => args.filter((one) => !one.startsWith('-'));
const hasFlag = (args: Words, short: RegExp, long: RegExp) =>
  options(args).some((one) => (one.startsWith('--') ? long.test(one) : short.test(one)));
const when = (does: boolean, facts: StatementFacts) => (does ? facts : AS_ENTRY);

function isRebuilt(path: string): boolean {
  if (path.split('/').includes('..')) return false;
  if (/^\/(?:var\/)?tmp\/[^*]/.test(path)) return true;
  if (/^[/~$]/.test(path) || /^[a-z]:/i.test(path)) return false;
  return path.split('/').some((part) => REBUILT.has(part) || part.endsWith('.egg-info'));
}

const isNear = (path: string) => !/^(?:[/~$]|\.\.|[a-z]:)/i.test(path) || isRebuilt(path);

const removed: Form = (args) => {
  const isRecursive = hasFlag(args, /[rR]/, /^--(recursive|no-preserve-root)$/);
  const paths = operands(args);
  // `xargs rm -r`.
  return when(isRecursive && (paths.length === 0 || !paths.every(isRebuilt)), DELETES);
};

const found: Form = (args) => {
  const from = args.slice(
    0,
    args.findIndex((one) => one.startsWith('-')),
  );
  const runs = args.some((one, at) => /^-(exec|execdir|ok)$/.test(one) && args[at + 1] === 'rm');
  return when((args.includes('-delete') || runs) && !from.every(isNear), DELETES);
};

const pushed: Form = (args) => {
  const at = args.indexOf('push');
  if (at < 0) return AS_ENTRY;
  const forced = hasFlag(args, /^-[a-zA-Z]*[fd]/, /^--(force|mirror|delete)$/);
  return when(forced || args.slice(at).some((one) => /^\+\S/.test(one)), DELETES);
};

function behindOptions(args: Words): Words {
  let at = 0;
  while (args[at]?.startsWith('--') === true) at += /=|^--(no-|debug)/.test(args[at] ?? '') ? 1 : 2;
  return args.slice(at);
}

const awsCalled: Form = (args) => {
  const [service, verb = ''] = behindOptions(args);
  const gives =
    /^(create-(user|access-key|login-profile)|attach-.*policy|put-.*policy|add-user-to-group|update-assume-role-policy)$/;
  if (service === 'iam' && gives.test(verb)) {
    return verb.startsWith('create-') ? MAKES_IDENTITY : GRANTS;
  }
  if (service === 's3') {
    return when(verb === 'rb' || (verb === 'rm' && args.includes('--recursive')), DELETES);
  }
  return when(/^(delete|terminate|purge)-/.test(verb), DELETES);
};

const kubeCalled: Form = (args) => {
  const own = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  if (own.includes('create') && own.some((one) => /^(cluster)?rolebinding$/.test(one))) {
    return GRANTS;
  }
  return when(own.includes('delete'), DELETES);
};

const opened: Form = (args) =>
  when(
    hasFlag(args, /R/, /^--recursive$/) && operands(args).some((one) => SYSTEM.test(one)),
    GRANTS,
  );

const names =
  (pattern: RegExp, facts: StatementFacts): Form =>
  (args) =>
    when(
      args.some((one) => pattern.test(one)),
      facts,
    );
const always =
  (facts: StatementFacts): Form =>
  () =>
    facts;

const FORMS: ReadonlyMap<string, Form> = new Map(
  Object.entries<Form>({
    rm: removed,
    find: found,
    'shred wipefs blkdiscard dropdb': always(DELETES),
    dd: names(/^of=\/dev\/(?!null$|stdout$|stderr$)/, DELETES),
    'rd rmdir del': names(/^\/s$/i, DELETES),
    format: names(/^[a-z]:$/i, DELETES),
    'remove-item': names(/^-r(ecurse)?$/i, DELETES),
    git: pushed,
    'kubectl oc': kubeCalled,
    helm: names(/^(uninstall|delete)$/, DELETES),
    'terraform tofu': names(/^(-?-destroy|destroy)$/, DELETES),
    pulumi: names(/^destroy$/, DELETES),
    aws: awsCalled,
    gcloud: names(/^delete$/, DELETES),
    az: names(/^(delete|purge)$/, DELETES),
    gsutil: names(/^rb$/, DELETES),
    'redis-cli': names(/^flush(all|db)$/i, DELETES),
    'mongosh mongo': names(/\.(drop|dropDatabase|deleteMany)\s*\(/, DELETES),
    'chmod chown': opened,
    'useradd adduser createuser': always(MAKES_IDENTITY),
    'usermod visudo chpasswd': always(GRANTS),
  }).flatMap(([commands, form]) => commands.split(' ').map((name) => [name, form] as const)),
);

const nameOf = (word: string) => (word.split('/').at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');

function carried(words: Words): Words {
  let at = 0;
  let isCarried = false;
  while (at < words.length) {
    const word = words[at] ?? '';
    const isOption = isCarried && word.startsWith('-');
    const isAmount = isCarried && /^\d+[smhd]?$/.test(word);
    if (CARRIERS.has(nameOf(word))) isCarried = true;
    else if (isOption && VALUED.has(word)) at += 1;
    else if (!isOption && !isAmount && !/^\w+=/.test(word)) break;
    at += 1;
  }
  return words.slice(at);
}

function handed({ input, pipedFrom }: ShellCommand): readonly string[] {
  const piped = pipedFrom === undefined ? [] : carried(pipedFrom.words);
  const echoed = /^(echo|printf)$/.test(nameOf(piped[0] ?? '')) ? [piped.slice(1).join(' ')] : [];
  const passed = nameOf(piped[0] ?? '') === 'cat' ? [pipedFrom?.input] : [];
  return [input, ...echoed, ...passed].filter((one) => one !== undefined);
}

const strong = (facts: StatementFacts) =>
  facts.effect === 'delete' || facts.effect === 'grant' || facts.adds.includes('exec:shell')
    ? facts
    : AS_ENTRY;

const fetches = (words: Words) => FETCHERS.has(nameOf(carried(words)[0] ?? ''));

function factsOf(command: ShellCommand, depth: number): StatementFacts {
  const [first = '', ...args] = carried(command.words);
  const name = nameOf(first);
  const inner = (texts: readonly string[]) => texts.map((text) => shellFacts(text, depth + 1));
  if (SHELLS.has(name) || name === 'eval') {
    const isFetched = command.pipedFrom !== undefined && fetches(command.pipedFrom.words);
    const texts = name === 'eval' ? [args.join(' ')] : args.filter((one) => /\s/.test(one));
    return strongestOf([when(isFetched, RUNS_CODE), ...inner([...texts, ...handed(command)])]);
  }
  if (INTERPRETERS.has(name)) {
    return when(command.pipedFrom !== undefined && fetches(command.pipedFrom.words), RUNS_CODE);
  }
  if (SQL_CLIENTS.has(name)) {
    const texts = [...args.filter((one) => /\s/.test(one)), ...handed(command)];
    const reported = texts.map((text) => sqlFacts(text.replace(/^--?[\w-]+=/, '')));
    return strongestOf(reported.map(strong));
  }
  const own = name.startsWith('mkfs') ? DELETES : (FORMS.get(name)?.(args) ?? AS_ENTRY);
  if (!REMOTE.has(name) || depth >= DEPTH_MAX) return own;
  const there = elsewhere(args).map((words) => factsOf({ ...ALONE, words }, depth + 1));
  return strongestOf([own, ...there, ...inner(args.filter((one) => /\s/.test(one)))]);
}

const ALONE = { pipedFrom: undefined, input: undefined };
/** `docker exec -it NAME rm -rf /data`. */
const ELSEWHERE_MAX = 4;

function elsewhere(args: Words): readonly Words[] {
  const starts = args.flatMap((word, at) => (isKnown(nameOf(word)) ? [at] : []));
  return starts.slice(0, ELSEWHERE_MAX).map((at) => args.slice(at));
}

const isKnown = (name: string) =>
  FORMS.has(name) || SQL_CLIENTS.has(name) || SHELLS.has(name) || name.startsWith('mkfs');

export function shellFacts(text: string, depth = 0): StatementFacts {
  if (depth > DEPTH_MAX) return AS_ENTRY;
  const { commands, nested } = shellText(text);
  const isFetched = nested.some((inner) => fetches(shellText(inner).commands[0]?.words ?? []));
  const runs = commands.some(({ words }) => SHELLS.has(nameOf(carried(words)[0] ?? '')));
  return strongestOf([
    when(isFetched && runs, RUNS_CODE),
    ...commands.map((command) => factsOf(command, depth)),
    ...nested.map((inner) => shellFacts(inner, depth + 1)),
  ]);
}
