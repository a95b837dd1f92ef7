/**
 * `evaluate cloudtrail`: red-team techniques in an account's audit, ranked against ordinary activity of another. There is
 * no clean baseline, so this says whether a technique stands out, and nothing of false alarms. An actor has one alert
 * for each fifty of its records, on the highest scored: who alerts on everything gains nothing.
 */
import { join } from 'node:path';
import { isScored, learnCall, scoreCall } from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import { MemoryTransaction } from '@waywarden/stage';
import { Progress, table, UsageError } from '@waywarden/waywarden/input/command-output';
import { fileAcceptor } from '@waywarden/waywarden/input/input-options';
import { readLines } from '@waywarden/waywarden/input/read-lines';

const ORDINARY = 'invictus.ndjson.gz';
const TECHNIQUES = 'stratus_red_team.ndjson.gz';
/** Records of an actor for which it may have one alert. */
const RECORDS_PER_ALERT = 50;

export interface ScoredRecord {
  readonly actor: string;
  /** Who assumed the role in whose name the call was made, the first of them first. */
  readonly assumedBy?: readonly string[];
  readonly technique: string | undefined;
  readonly score: number;
}

export interface TechniqueRank {
  readonly technique: string;
  readonly records: number;
  readonly seen: boolean;
  /** Share of the ordinary file's alerts that its best record stands above. */
  readonly above: number;
}

/** Calls in a role's name, and who assumed that role, through every role between. */
export interface RoleChain {
  readonly chain: readonly string[];
  readonly calls: number;
}

export interface CloudtrailReport {
  readonly dataset: 'cloudtrail';
  readonly records: { readonly ordinary: number; readonly techniques: number };
  readonly alerts: { readonly ordinary: number; readonly techniques: number };
  readonly techniques: number;
  readonly seen: number;
  /** Of all techniques: half of them stand above so many of the ordinary alerts, and more. */
  readonly median_above: number;
  readonly ranks: readonly TechniqueRank[];
  readonly role_chains: readonly RoleChain[];
}

/** Of each fifty records of an actor the highest scored, the first of equals; none that scores nothing. */
export function alertsOf(records: readonly ScoredRecord[]): readonly ScoredRecord[] {
  const counts = new Map<string, number>();
  const best = new Map<string, ScoredRecord>();
  for (const record of records) {
    const n = counts.get(record.actor) ?? 0;
    counts.set(record.actor, n + 1);
    const block = `${Math.floor(n / RECORDS_PER_ALERT)} ${record.actor}`;
    if (record.score > (best.get(block)?.score ?? 0)) best.set(block, record);
  }
  return [...best.values()];
}

async function scored(
  file: string,
  transaction: MemoryTransaction,
): Promise<readonly ScoredRecord[]> {
  const acceptor = fileAcceptor(
    { format: 'cloudtrail', tenant: 'default', assurance: 'authenticated' },
    undefined,
  );
  const reader = new FormatReader('cloudtrail');
  const progress = new Progress('Scoring');
  const records: ScoredRecord[] = [];
  for await (const line of readLines(file)) {
    if (line.text.trim() === '') continue;
    const batch = acceptor.accept(reader.read(line.text, line.number));
    if (batch.deadLettered > 0) {
      throw new UsageError(`${file}, line ${line.number}: is no record of CloudTrail.`);
    }
    const { technique } = JSON.parse(line.text) as { readonly technique?: string };
    for (const event of batch.events) {
      if (!isScored(event)) continue;
      const { score, flag } = scoreCall(transaction, event);
      learnCall(transaction, event, flag);
      const assumedBy = event.delegation?.chain?.map((link) => link.agent_uid) ?? [];
      records.push({
        actor: event.agent.uid,
        technique,
        score,
        ...(assumedBy.length > 0 && { assumedBy }),
      });
    }
    progress.show(`${records.length} records`);
  }
  progress.done(`${records.length} records`);
  if (records.length === 0) {
    throw new UsageError(
      `${file}: holds no record. Name the folder of the whole data with --data.`,
    );
  }
  return records;
}

export function rankTechniques(
  ordinary: readonly ScoredRecord[],
  attacks: readonly ScoredRecord[],
): readonly TechniqueRank[] {
  const usual = alertsOf(ordinary).map((one) => one.score);
  const seen = new Set(alertsOf(attacks).map((one) => one.technique));
  const names = [...new Set(attacks.flatMap((one) => one.technique ?? []))].sort();
  return names.map((technique) => {
    const own = attacks.filter((one) => one.technique === technique);
    const best = own.reduce((most, one) => Math.max(most, one.score), 0);
    const below = usual.filter((score) => score < best).length;
    return {
      technique,
      records: own.length,
      seen: seen.has(technique),
      above: usual.length === 0 ? 0 : Number((below / usual.length).toFixed(4)),
    };
  });
}

/** Every chain of assumed roles that calls were made through, by its names. */
export function roleChains(records: readonly ScoredRecord[]): readonly RoleChain[] {
  const chains = new Map<string, RoleChain>();
  for (const { actor, assumedBy } of records) {
    if (assumedBy === undefined) continue;
    const chain = [...assumedBy, actor];
    const key = JSON.stringify(chain);
    chains.set(key, { chain, calls: (chains.get(key)?.calls ?? 0) + 1 });
  }
  return [...chains].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

export async function evaluateCloudtrail(folder: string): Promise<CloudtrailReport> {
  const transaction = new MemoryTransaction();
  const ordinary = await scored(join(folder, ORDINARY), transaction);
  const attacks = await scored(join(folder, TECHNIQUES), transaction);
  const ranks = rankTechniques(ordinary, attacks);
  const sorted = ranks.map((one) => one.above).sort((a, b) => a - b);
  return {
    dataset: 'cloudtrail',
    records: { ordinary: ordinary.length, techniques: attacks.length },
    alerts: { ordinary: alertsOf(ordinary).length, techniques: alertsOf(attacks).length },
    techniques: ranks.length,
    seen: ranks.filter((one) => one.seen).length,
    median_above: sorted[Math.floor(sorted.length / 2)] ?? 0,
    ranks,
    role_chains: roleChains([...ordinary, ...attacks]),
  };
}

/** A role or user without its account: `user/ana`. */
const shortName = (arn: string): string => arn.split(':').slice(5).join(':') || arn;

export function sayCloudtrail(of: CloudtrailReport): readonly string[] {
  return [
    `CloudTrail: half of ${of.techniques} techniques stand above ${(of.median_above * 100).toFixed(0)} % of ordinary alerts or more. ${of.seen} have an alert, which is easy where the actor does nothing else, with at most one for ${RECORDS_PER_ALERT} records of an actor (${of.alerts.techniques} alerts on ${of.records.techniques} records; ordinary: ${of.alerts.ordinary} on ${of.records.ordinary}). No clean baseline: nothing here says how rarely a false alarm comes.`,
    ...table(
      ['technique', 'records', 'seen', 'above ordinary alerts'],
      of.ranks.map((one) => [
        one.technique,
        String(one.records),
        one.seen ? 'yes' : 'no',
        `${(one.above * 100).toFixed(0)} %`,
      ]),
    ),
    '',
    'Roles that were assumed, by whom (told by the key that was issued), and the calls made through them:',
    ...table(
      ['calls', 'chain'],
      of.role_chains.map(({ chain, calls }) => [String(calls), chain.map(shortName).join(' → ')]),
    ),
  ];
}
