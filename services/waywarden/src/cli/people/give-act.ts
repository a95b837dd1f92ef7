/** Manual acts: signed (operator-key.ts), given to `up` or a responder. */
import { randomUUID } from 'node:crypto';
import { audienceOf } from '@waywarden/responder';
import {
  ACT_TOPIC,
  activeSigningKey,
  loadKeyFile,
  type OperatorAct,
  signDetached,
} from '@waywarden/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { report, UsageError } from '../../input/command-output.ts';
import { askOwner, ownerRefusal } from '../../owner/ask-owner.ts';
import { dataPaths, ownerOf } from '../../runtime/data-folder.ts';
import { keysOf } from './operator-key.ts';

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

const STAYS = 'needed_by_other_alert';
/** It is so, or waits for somebody: what was asked for is on its way. */
const NOT_AMISS: ReadonlySet<string> = new Set(['second_person_needed', 'already_so']);
/** Resuming nothing is a mistake. */
/** Verdicts hold without orders. */
export const isAmiss = (what: string, withheld: string) =>
  what === 'verdict'
    ? !NOT_AMISS.has(withheld) && withheld !== STAYS
    : !NOT_AMISS.has(withheld) || (what === 'resume' && withheld === 'already_so');
const WHY: Readonly<Record<string, string>> = {
  nothing_to_restore: 'No order in force has this id, or this alert; see GET /v1/containments.',
  nothing_to_approve:
    'No decision with this id waits for a person (any more); see GET /v1/decisions.',
  needed_by_other_alert: 'Another alert still needs the order; name the command itself.',
  another_person_needed:
    'Who gave it first could sign in as the other, or it gives access back and they may not.',
  never_revoke: 'It would hit an agent on a list of those that are never revoked.',
  no_receiver: 'No registered receiver could carry it out.',
  rule_gone: 'Its rule is no longer in the policy.',
  rule_in_shadow: 'Its rule is in shadow by now.',
  already_so: 'Enforcement is not paused; "waywarden status" says how it is.',
  already_contained: 'The same order is in force.',
  target_incomplete: 'An id of its level is missing, or it is no action of that level.',
};

export interface ActFlags {
  readonly data: string;
  readonly url?: string;
  readonly tenant: string;
  readonly by: string;
  readonly key: string;
  readonly reason: string;
  readonly json?: true;
}

export function responderAddress({ data, url }: ActFlags): string {
  if (url !== undefined) return url.replace(/\/$/, '');
  const owner = ownerOf(dataPaths(data));
  if (owner?.url != null) return owner.url;
  throw new UsageError(
    `No "waywarden up" runs on ${data}; start it, or name a responder with --url, then order again.`,
  );
}

export async function order(
  what: OperatorAct['act'],
  flags: ActFlags,
  of: Partial<Omit<OperatorAct, 'act' | 'act_id'>> = {},
  more: readonly string[] = [],
): Promise<void> {
  const url = `${responderAddress(flags)}/v1/acts`;
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
  if (!response.ok) throw await ownerRefusal(url, response);
  const { outcome } = answerSchema.parse(await response.json());
  const withheld = outcome?.withheld ?? null;
  if (withheld !== null && isAmiss(what, withheld)) {
    const why = whyOf(withheld, outcome?.protects);
    throw new UsageError(`${what}: nothing was done (${withheld}). ${why}`.trim());
  }
  report(flags.json === true, { ...given, outcome }, [claimedOf(what, by, outcome), ...more]);
}

const NAMED_MAX = 5;

/** Whom it would hit, by name. */
export function whyOf(withheld: string, protects: readonly string[] = []): string {
  const why = WHY[withheld] ?? '';
  if (protects.length === 0) return why;
  const more = protects.length > NAMED_MAX ? ` and ${protects.length - NAMED_MAX} more` : '';
  return `${why.replace(/\.$/, '')}: ${protects.slice(0, NAMED_MAX).join(', ')}${more}.`;
}

type Outcome = z.infer<typeof answerSchema>['outcome'];

export function claimedOf(what: string, by: string, outcome: Outcome): string {
  if (outcome == null) {
    return `${what}: taken as ${by}'s, and not decided yet; see "waywarden status".`;
  }
  if (outcome.withheld === 'second_person_needed') {
    return `${what}: taken as ${by}'s. It has effect when a second person orders the same within 15 minutes.`;
  }
  if (outcome.withheld === 'already_so') return `${what}: it is so already.`;
  if (outcome.withheld === STAYS) {
    return `${what}: done, by ${outcome.by.join(' and ')}. Nothing is given back: another alert still needs the order.`;
  }
  const orders = outcome.issuedIds.map((id) => `\n  command ${id}`).join('');
  return `${what}: done, by ${outcome.by.join(' and ')}.${orders}`;
}

export function uuidOf(given: string, what: string): string {
  if (z.uuid().safeParse(given).success) return given;
  throw new UsageError(
    `"${given}" is no id of a ${what}: those are UUIDs, such as ${randomUUID()}.`,
  );
}

export function asAct(command: Command): Command {
  return command
    .requiredOption('--by <uid>', 'who orders it, as the registry’s `operators` name them')
    .requiredOption('--key <file>', 'key file of that person')
    .requiredOption('--reason <text>', 'why; it stands in the audit')
    .option('--tenant <id>', 'whose enforcement', 'default')
    .option('--data <folder>', 'data folder of a running "up"', '.waywarden/data')
    .option('--url <address>', 'a responder that runs apart, instead of --data')
    .option('--json', 'print one JSON object as the last line');
}
