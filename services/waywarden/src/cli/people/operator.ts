/** `waywarden pause|resume|approve|decline|restore|order` (give-act.ts). */
import {
  type Target,
  type TargetParameters,
  targetOfParameters,
  targetParameters,
  targetProblems,
} from '@waywarden/schemas';
import { Command } from 'commander';
import { z } from 'zod';
import { report, UsageError } from '../../input/command-output.ts';
import { askOwner, ownerRefusal, readerHeader } from '../../owner/ask-owner.ts';
import { type ActFlags, asAct, order, responderAddress, uuidOf, whyOf } from './give-act.ts';

/** The target of a manual order, by flags. */
export interface TargetFlags extends Omit<TargetParameters, 'fp' | 'resource' | 'sender'> {
  readonly agent: string;
  readonly origin?: string;
}

export const withTargetFlags = (command: Command): Command =>
  command
    .requiredOption('--agent <uid>', 'whose access; of an origin, in whose name it is ordered')
    .option('--task <id>', 'only in this task')
    .option('--credential <uid>', 'only this credential')
    .option('--instance <uid>', 'only this instance')
    .option('--conversation <id>', 'only this conversation')
    .option('--tool <name>', 'only this tool, as server/name or name')
    .option('--grant <id>', 'only this grant')
    .option('--call <uid>', 'only this call')
    .option('--payment <id>', 'the payment that the call approves; with --call')
    .option('--delegation <ref>', 'only what was handed over under this reference; with --parent')
    .option('--parent <uid>', 'the agent that handed it over')
    .option('--origin <what>', 'what came from there, for everybody: sender=…, resource=… or fp=…');

const ORIGIN_KINDS: readonly string[] = ['sender', 'resource', 'fp'];
const ORIGIN_WORDS =
  '--origin is sender=WHO, resource=WHICH or fp=FINGERPRINT, as the alert’s `origins` have it';

function originOf(given: string): TargetParameters {
  const at = given.indexOf('=');
  const [kind, value] = [given.slice(0, at), given.slice(at + 1)];
  if (at < 0 || value === '' || !ORIGIN_KINDS.includes(kind)) {
    throw new UsageError(`"${given}" names no origin: ${ORIGIN_WORDS}.`);
  }
  return { [kind]: value };
}

function parametersOf({ origin, ...flags }: TargetFlags): TargetParameters {
  const { task, credential, instance, conversation, tool, grant } = flags;
  const { call, payment, delegation, parent } = flags;
  return {
    ...{ task, credential, instance, conversation, tool, grant },
    ...{ call, payment, delegation, parent },
    ...(origin === undefined ? {} : originOf(origin)),
  };
}

/** @throws UsageError when the flags are not the ids of one level. */
export function targetOf(tenant: string, flags: TargetFlags): Target {
  const whose = { tenant_id: tenant, agent_uid: flags.agent };
  const target = targetOfParameters(whose, parametersOf(flags));
  if (target !== undefined) return target;
  throw new UsageError(
    'Give the ids of one level: each is another order. --delegation and --parent go together, as do --payment and --call.',
  );
}

export const previewQuery = (target: Target, more: Readonly<Record<string, string>>) =>
  new URLSearchParams({ agent: target.agent_uid, ...targetParameters(target), ...more });

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
    order('approve', flags, { decision_id: uuidOf(decision, 'decision') }),
  );

export const declineCommand = asAct(
  new Command('decline').description('refuse what a guard held back; new evidence asks again'),
)
  .argument('<decision>', 'id of the decision')
  .action((decision: string, flags: ActFlags) =>
    order('decline', flags, { decision_id: uuidOf(decision, 'decision') }),
  );

export const restoreActCommand = asAct(
  new Command('restore').description('give back what was taken: one order, or all of an alert'),
)
  .argument('<order>', 'id of the command, or of the alert that led to it')
  .action((id: string, flags: ActFlags) =>
    order('restore', flags, { order_id: uuidOf(id, 'command or an alert') }),
  );

interface OrderFlags extends ActFlags, TargetFlags {
  readonly tenant: string;
  readonly expires?: string;
  readonly yes?: true;
}

/** `--yes` orders. */
async function orderByHand(action: string, flags: OrderFlags): Promise<void> {
  const target = targetOf(flags.tenant, flags);
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
  const url = `${responderAddress(flags)}/v1/preview?${previewQuery(target, { action })}`;
  const response = await askOwner(url, { headers: readerHeader(url, flags.data) });
  // Without a store.
  if (response.status === 404) return 'What it would break is not known at this address.';
  if (!response.ok) throw await ownerRefusal(url, response);
  const answer = previewSchema.parse(await response.json());
  return `${answer.would_break.words}${takesWords(answer)}`;
}

const previewSchema = z.looseObject({
  would_break: z.looseObject({ words: z.string() }),
  people: z.number(),
  withheld: z.string().nullable(),
  protects: z.array(z.string()),
});

export function takesWords({
  people,
  withheld,
  protects,
}: Pick<z.infer<typeof previewSchema>, 'people' | 'withheld' | 'protects'>): string {
  if (withheld !== null)
    return ` It would not be given (${withheld}). ${whyOf(withheld, protects)}`;
  return people > 1 ? ` It takes ${people} people.` : '';
}

export const orderCommand = withTargetFlags(
  asAct(new Command('order').description('take access by hand; says first what it would break')),
)
  .argument('<action>', 'revoke_token, kill_session, require_step_up, disable_agent, block_tool, …')
  .option('--expires <duration>', 'how long it holds, such as 30m (4h if left out; 30d at most)')
  .option('--yes', 'order it; without this, only what it would break is said')
  .action(orderByHand);
