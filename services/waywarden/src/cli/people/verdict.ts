/**
 * `waywarden verdict`: checks alert and revision first, where a store can be asked; a verdict on an unknown
 * revision would count up to the latest.
 */
import { Command } from 'commander';
import { z } from 'zod';
import { UsageError } from '../../input/command-output.ts';
import { askOwner, readerHeader } from '../../owner/ask-owner.ts';
import { type ActFlags, asAct, order, responderAddress, uuidOf } from './give-act.ts';

interface VerdictFlags extends ActFlags {
  readonly truePositive?: true;
  readonly falsePositive?: true;
  readonly revision?: string;
}

export function revisionOf(given: string): number {
  const revision = /^[1-9]\d*$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isSafeInteger(revision)) return revision;
  throw new UsageError(`"${given}" is no revision of an alert: those are counted from 1.`);
}

const reportedSchema = z.looseObject({ revision: z.number(), tenant_id: z.string() });
const missingSchema = z.looseObject({ error: z.literal('not_found'), message: z.string() });
const statusSchema = z.looseObject({ tenant: z.string() });

/** Undefined: can't say. */
async function latestOf(alert: string, flags: ActFlags): Promise<number | undefined> {
  const address = responderAddress(flags);
  const headers = readerHeader(address, flags.data);
  const response = await askOwner(`${address}/v1/alerts/${alert}`, { headers });
  const body: unknown = await response.json().catch(() => undefined);
  const reported = response.ok ? reportedSchema.safeParse(body).data : undefined;
  if (reported !== undefined && reported.tenant_id !== flags.tenant) {
    throw new UsageError(`The alert is one of tenant ${reported.tenant_id}: give --tenant for it.`);
  }
  const missing = missingSchema.safeParse(body).data;
  // `up` shows one tenant.
  if (response.status === 404 && missing !== undefined) {
    const status = await askOwner(`${address}/v1/status`, { headers });
    const shown = statusSchema.safeParse(await status.json().catch(() => undefined)).data;
    if (shown?.tenant === flags.tenant) {
      throw new UsageError(`${address}: ${missing.message}`);
    }
  }
  return reported?.revision;
}

export function aboutWords(
  verdict: 'true_positive' | 'false_positive',
  looked: number | undefined,
  latest: number | undefined,
): string {
  if (looked === undefined) {
    const until = latest === undefined ? '' : `, ${latest} as far as is stored`;
    return `It counts up to the latest revision that was told${until}; --revision says which one you looked at.`;
  }
  if (latest === undefined) {
    return `It is about revision ${looked}; whether that was told is not known at this address.`;
  }
  if (looked === latest) return `It is about revision ${looked}, the latest.`;
  const beyond = verdict === 'false_positive' ? ' What came since is not excused by it.' : '';
  return `It is about revision ${looked}; the alert has come to revision ${latest} since.${beyond}`;
}

async function giveVerdict(given: string, flags: VerdictFlags): Promise<void> {
  const { truePositive = false, falsePositive = false } = flags;
  if (truePositive === falsePositive) {
    throw new UsageError('Say one: --true-positive or --false-positive.');
  }
  const verdict = truePositive ? 'true_positive' : 'false_positive';
  const looked = flags.revision === undefined ? undefined : revisionOf(flags.revision);
  const alert = uuidOf(given, 'alert');
  const latest = await latestOf(alert, flags);
  if (looked !== undefined && latest !== undefined && looked > latest) {
    throw new UsageError(
      `Revision ${looked} of this alert was told to nobody: the latest that is stored is ${latest}. Nothing was said.`,
    );
  }
  const revision = looked === undefined ? {} : { revision: looked };
  await order('verdict', flags, { alert_id: alert, verdict, ...revision }, [
    aboutWords(verdict, looked, latest),
  ]);
}

export const verdictActCommand = asAct(
  new Command('verdict').description(
    'say whether an alert was right: its orders then stand, or are given back',
  ),
)
  .argument('<alert>', 'id of the alert')
  .option('--true-positive', 'it was right: its orders end no longer by themselves')
  .option('--false-positive', 'it was wrong: what it took is given back')
  .option('--revision <n>', 'the revision that was looked at: nothing beyond it is excused')
  .action(giveVerdict);
