/**
 * `waywarden pause|resume|approve|restore|verdict|order`: what people order by hand, each with a key of their own
 * (operator-key.ts). The running `up` takes the act; nothing else could decide it.
 */
import { randomUUID } from 'node:crypto';
import { audienceOf } from '@waywarden/responder';
import {
  ACT_TOPIC,
  activeSigningKey,
  loadKeyFile,
  type OperatorAct,
  signDetached,
  type Target,
  targetProblems,
} from '@waywarden/schemas';
import { Command } from 'commander';
import { z } from 'zod';
import { dataPaths, ownerOf } from '../embedded/data-folder.ts';
import { askOwner, refusalOf } from '../owner/ask-owner.ts';
import { report, UsageError } from './command-output.ts';
import { keysOf } from './operator-key.ts';
import { asFarAsKnown, previewQuery, type TargetFlags, targetOf } from './order-target.ts';

const answerSchema = z.looseObject({
  outcome: z
    .looseObject({
      by: z.array(z.string()),
      withheld: z.string().nullable(),
      issuedIds: z.array(z.string()),
      protects: z.array(z.string()).optional(),
    })
    .nullish(),
});

/** It is so, or waits for somebody: what was asked for is on its way. */
const NOT_AMISS: ReadonlySet<string> = new Set(['second_person_needed', 'already_so']);
/** Who resumes what nobody paused is mistaken about why nothing is enforced. */
const isAmiss = (what: string, withheld: string) =>
  !NOT_AMISS.has(withheld) || (what === 'resume' && withheld === 'already_so');
const WHY: Readonly<Record<string, string>> = {
  nothing_to_restore: 'No order in force has this id, or this alert; see GET /v1/containments.',
  nothing_to_approve:
    'No decision with this id waits for a person (any more); see GET /v1/decisions.',
  held_by_other_alert: 'Another alert still needs the order; name the command itself.',
  never_revoke: 'It would hit an agent on a list of those that are never revoked.',
  no_receiver: 'No registered receiver could carry it out.',
  rule_gone: 'Its rule is no longer in the policy.',
  rule_in_shadow: 'Its rule is in shadow by now.',
  already_so: 'Enforcement is not paused; "waywarden status" says how it is.',
  already_contained: 'The same order is in force.',
  target_incomplete: 'An id of its level is missing, or it is no action of that level.',
};

interface ActFlags {
  readonly data: string;
  readonly url?: string;
  readonly tenant: string;
  readonly by: string;
  readonly key: string;
  readonly reason: string;
  readonly json?: true;
}

/** Of the running `up`, or of a responder that runs apart. */
function addressOf({ data, url }: ActFlags): string {
  if (url !== undefined) return url.replace(/\/$/, '');
  const owner = ownerOf(dataPaths(data));
  if (owner?.url != null) return owner.url;
  throw new UsageError(
    `No "waywarden up" runs on ${data}; start it, or name a responder with --url, then order again.`,
  );
}

async function order(
  what: OperatorAct['act'],
  flags: ActFlags,
  of: Partial<Omit<OperatorAct, 'act' | 'act_id'>> = {},
): Promise<void> {
  const url = `${addressOf(flags)}/v1/acts`;
  const at = new Date().toISOString();
  const { by, reason, tenant: tenant_id } = flags;
  const given: OperatorAct = {
    act_id: randomUUID(),
    tenant_id,
    act: what,
    by,
    at,
    reason,
    ...of,
  };
  const act = JSON.stringify(given);
  const signature = await signDetached(
    new TextEncoder().encode(act),
    activeSigningKey(keysOf(() => loadKeyFile(flags.key))),
    { topic: ACT_TOPIC, audience: audienceOf(tenant_id), iat: Math.floor(Date.parse(at) / 1000) },
  );
  const headers = { 'content-type': 'application/json' };
  const response = await askOwner(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ act, signature }),
  });
  if (!response.ok) throw await refusalOf(url, response);
  const { outcome } = answerSchema.parse(await response.json());
  const withheld = outcome?.withheld ?? null;
  if (withheld !== null && isAmiss(what, withheld)) {
    const why = whyOf(withheld, outcome?.protects);
    throw new UsageError(`${what}: nothing was done (${withheld}). ${why}`.trim());
  }
  report(flags.json === true, { ...given, outcome }, [saidOf(what, by, outcome)]);
}

const NAMED_MAX = 5;

/** Of those whom it would hit, who they are: the list is mended or the order is, and both need names. */
export function whyOf(withheld: string, protects: readonly string[] = []): string {
  const why = WHY[withheld] ?? '';
  if (protects.length === 0) return why;
  const more = protects.length > NAMED_MAX ? ` and ${protects.length - NAMED_MAX} more` : '';
  return `${why.replace(/\.$/, '')}: ${protects.slice(0, NAMED_MAX).join(', ')}${more}.`;
}

type Outcome = z.infer<typeof answerSchema>['outcome'];

function saidOf(what: string, by: string, outcome: Outcome): string {
  if (outcome == null) {
    return `${what}: taken as ${by}'s, and not decided yet; see "waywarden status".`;
  }
  if (outcome.withheld === 'second_person_needed') {
    return `${what}: taken as ${by}'s. It has effect when a second person orders the same within 15 minutes.`;
  }
  if (outcome.withheld === 'already_so') return `${what}: it is so already.`;
  const orders = outcome.issuedIds.map((id) => `\n  command ${id}`).join('');
  return `${what}: done, by ${outcome.by.join(' and ')}.${orders}`;
}

function idOf(given: string, what: string): string {
  if (z.uuid().safeParse(given).success) return given;
  throw new UsageError(
    `"${given}" is no id of a ${what}: those are UUIDs, such as ${randomUUID()}.`,
  );
}

function asAct(command: Command): Command {
  return command
    .requiredOption('--by <uid>', 'who orders it, as the registry’s `operators` name them')
    .requiredOption('--key <file>', 'key file of that person')
    .requiredOption('--reason <text>', 'why; it stands in the audit')
    .option('--tenant <id>', 'whose enforcement', 'default')
    .option('--data <folder>', 'data folder of a running "up"', '.waywarden/data')
    .option('--url <address>', 'a responder that runs apart, instead of --data')
    .option('--json', 'print one JSON object as the last line');
}

export const pauseCommand = asAct(
  new Command('pause').description('stop all enforcement; two people within 15 minutes'),
).action((flags: ActFlags) => order('pause', flags));

export const resumeCommand = asAct(
  new Command('resume').description('let enforcement go on; two people within 15 minutes'),
).action((flags: ActFlags) => order('resume', flags));

export const approveCommand = asAct(
  new Command('approve').description('order what a guard held back; two where bystanders are hit'),
)
  .argument('<decision>', 'id of the decision')
  .action((decision: string, flags: ActFlags) =>
    order('approve', flags, { decision_id: idOf(decision, 'decision') }),
  );

export const restoreCommand = asAct(
  new Command('restore').description('give back what was taken: one order, or all of an alert'),
)
  .argument('<order>', 'id of the command, or of the alert that led to it')
  .action((id: string, flags: ActFlags) =>
    order('restore', flags, { order_id: idOf(id, 'command or an alert') }),
  );

interface VerdictFlags extends ActFlags {
  readonly truePositive?: true;
  readonly falsePositive?: true;
  readonly revision?: string;
}

/** Which revision of an alert was looked at: they are counted from 1. */
function revisionOf(given: string): number {
  const { data } = z.coerce.number().int().positive().safeParse(given);
  if (data !== undefined) return data;
  throw new UsageError(`"${given}" is no revision of an alert: those are counted from 1.`);
}

function giveVerdict(alert: string, flags: VerdictFlags): Promise<void> {
  const { truePositive = false, falsePositive = false } = flags;
  if (truePositive === falsePositive) {
    throw new UsageError('Say one: --true-positive or --false-positive.');
  }
  const verdict = truePositive ? 'true_positive' : 'false_positive';
  const { revision } = flags;
  const looked = revision === undefined ? {} : { revision: revisionOf(revision) };
  return order('verdict', flags, { alert_id: idOf(alert, 'alert'), verdict, ...looked });
}

export const verdictCommand = asAct(
  new Command('verdict').description(
    'say whether an alert was right: its orders then stand, or are given back',
  ),
)
  .argument('<alert>', 'id of the alert')
  .option('--true-positive', 'it was right: its orders end no longer by themselves')
  .option('--false-positive', 'it was wrong: what it took is given back')
  .option('--revision <n>', 'the revision that was looked at: nothing beyond it is excused')
  .action(giveVerdict);

interface OrderFlags extends ActFlags, TargetFlags {
  readonly tenant: string;
  readonly expires?: string;
  readonly yes?: true;
}

/** What it would break is shown before anything is ordered; `--yes` orders it. */
async function orderByHand(action: string, flags: OrderFlags): Promise<void> {
  const target = targetOf(flags);
  const problems = targetProblems(action, target);
  if (problems.length > 0) throw new UsageError(`${problems.join('; ')}.`);
  if (flags.yes !== true) {
    const words = await breaksWords(flags, target, action);
    report(flags.json === true, { action, target, would_break: words }, [
      `${action} at level ${target.level} of ${target.agent_uid}, ordered by ${flags.by}. ${words}`,
      'Nothing was ordered. Give the same with --yes to order it.',
    ]);
    return;
  }
  const { expires } = flags;
  await order('order', flags, { action, target, ...(expires === undefined ? {} : { expires }) });
}

async function breaksWords(flags: OrderFlags, target: Target, action: string): Promise<string> {
  const asked = previewQuery(target, action);
  if (asked === undefined) return 'Whose calls it would refuse is not known before they are made.';
  const url = `${addressOf(flags)}/v1/preview?${asked}`;
  const response = await askOwner(url, {});
  // A responder that runs apart has no store to ask what was in use.
  if (response.status === 404) return 'What it would break is not known at this address.';
  if (!response.ok) throw await refusalOf(url, response);
  const said = previewSchema.parse(await response.json());
  const words = asFarAsKnown(target, said.would_break.words);
  return asked.has('action') ? `${words}${takesWords(said)}` : words;
}

const previewSchema = z.looseObject({
  would_break: z.looseObject({ words: z.string() }),
  people: z.number(),
  withheld: z.string().nullable(),
  protects: z.array(z.string()),
});

/** Whether it would be given, and by how many. */
export function takesWords({
  people,
  withheld,
  protects,
}: Pick<z.infer<typeof previewSchema>, 'people' | 'withheld' | 'protects'>): string {
  if (withheld !== null)
    return ` It would not be given (${withheld}). ${whyOf(withheld, protects)}`;
  return people > 1 ? ` It takes ${people} people.` : '';
}

export const orderCommand = asAct(
  new Command('order').description('take access by hand; says first what it would break'),
)
  .argument('<action>', 'revoke_token, kill_session, require_step_up, disable_agent, block_tool, …')
  .requiredOption('--agent <uid>', 'whose access; of an origin, in whose name it is ordered')
  .option('--task <id>', 'only in this task')
  .option('--credential <uid>', 'only this credential')
  .option('--instance <uid>', 'only this instance')
  .option('--tool <name>', 'only this tool, as server/name or name')
  .option('--delegation <ref>', 'only what was handed over under this reference; with --parent')
  .option('--parent <uid>', 'the agent that handed it over')
  .option('--origin <what>', 'what came from there, for everybody: sender=…, resource=… or fp=…')
  .option('--expires <duration>', 'how long it holds, such as 30m (4h if left out; 30d at most)')
  .option('--yes', 'order it; without this, only what it would break is said')
  .action(orderByHand);
