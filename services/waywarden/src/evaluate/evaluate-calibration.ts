/**
 * `evaluate calibration`: whether what features call rare comes as rarely as they say.
 *
 * A feature gives a day or a call the probability that a harmless one brings as much. On benign streams that nothing
 * was tuned on, that should lie at or below 1 % on one in a hundred, and so on: nominal against observed, for each
 * feature and class of agent; and how often each facet alarms, and what its alerts state. The detector's own core
 * scores and learns as it goes, declared changes included. A feature that says less often than nominal is cautious; one that
 * says more often lies, and its row shows it. Each facet of the registry has a row, whatever it claims.
 */
import {
  declare,
  FACETS,
  type FacetScore,
  facetsOf,
  isScored,
  learnCall,
  scoreCall,
  sightEvent,
} from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { MemoryDraft } from '@waywarden/stage';
import { Progress, UsageError } from '../commands/command-output.ts';
import { fileAcceptor } from '../commands/input-options.ts';
import { loadPolicy, loadRegistry } from '../embedded/rule-files.ts';
import { readLines } from '../read-lines.ts';
import { type BenchmarkStream, type StreamFlags, withStreams } from './benchmark-stream.ts';
import type { CalibrationReport } from './calibration/calibration-report.ts';
import { type Claim, ClaimedChances } from './calibration/claimed-chances.ts';
import { RaisedAlarms } from './calibration/raised-alarms.ts';
import { RuleStage } from './calibration/rule-alerts.ts';
import { StateSizes } from './state-sizes.ts';

const TENANT = 'default';
/** What tasks come to is judged beside the facets (`weak_signs` claims runs of days only). */
const ODD_TASK = 'odd_task';
/** Of these a day is judged in parts, by tool. */
const BY_TOOL: ReadonlySet<string> = new Set(['tool_rate']);

interface Counted {
  readonly chances: ClaimedChances;
  readonly alarms: RaisedAlarms;
  readonly sizes: StateSizes;
}

interface Judge extends Counted {
  readonly draft: MemoryDraft;
  readonly agents: ReadonlyMap<string, RegistryAgent>;
  /** Undefined where rules are not asked for. */
  readonly rules: RuleStage | undefined;
  readonly stream: number;
}

type Who = Pick<Claim, 'agent' | 'class' | 'day'>;

/** The facet of the registry of a score, which may bear the name of a part of it. */
const facetOf = (name: string): string =>
  FACETS.find((one) => one.name === name || one.parts?.includes(name) === true)?.name ?? name;

/** What a score says of its day, else what its reason says of the call. */
function saidBy(score: FacetScore, who: Who, part: string): readonly Claim[] {
  const { facet, day } = score;
  const named = { ...who, feature: facet, facet: facetOf(facet) };
  if (day !== undefined) {
    const scored = { part: BY_TOOL.has(facet) ? part : '', score: day.score };
    return [{ ...named, per: 'day', probability: day.probability, scored }];
  }
  const p = score.reasons.find(({ feature }) => feature === facet)?.p_value;
  return typeof p === 'number' ? [{ ...named, per: 'call', probability: p }] : [];
}

function judge(of: Judge, event: AuditEvent): void {
  const { draft, agents, chances, alarms, rules, stream } = of;
  const agent = `${stream}|${event.agent.uid}`;
  for (const one of rules?.alertsOf(event) ?? []) alarms.addRule(agent, one);
  if (sightEvent(draft, { id: event.event_id }) !== 'first') return;
  if (event.activity === 'config_change') declare(draft, event);
  if (!isScored(event)) return;
  const registered = agents.get(event.agent.uid);
  const scored = scoreCall(draft, event, registered);
  const tool = event.tool === undefined ? '' : `${event.tool.server ?? ''}/${event.tool.name}`;
  const who: Who = {
    agent,
    class: registered?.class ?? 'unregistered',
    day: event.event_time.slice(0, 10),
  };
  alarms.add({ ...who, scores: scored.facets.map((one) => [facetOf(one.facet), one] as const) });
  const telling = facetsOf(event).filter(({ chances: own }) => own !== undefined);
  for (const facet of telling) {
    for (const one of facet.chances?.(draft, event) ?? []) {
      chances.add({ ...who, ...one, facet: facet.name });
    }
  }
  const told = new Set(telling.map(({ name }) => name));
  for (const score of scored.facets) {
    if (told.has(facetOf(score.facet))) continue;
    for (const claim of saidBy(score, who, tool)) chances.add(claim);
  }
  learnCall(draft, event, scored.flag, scored);
}

async function judgeStream(
  { events, registry: file }: BenchmarkStream,
  counted: Counted & { readonly hasRules: boolean },
  n: number,
) {
  const registry = file === undefined ? undefined : loadRegistry(file);
  const acceptor = fileAcceptor(
    { format: 'events', tenant: TENANT, assurance: 'authenticated', trustFields: true },
    registry,
  );
  const agents = new Map((registry?.agents ?? []).map((agent) => [agent.uid, agent]));
  const rules = counted.hasRules
    ? new RuleStage(TENANT, loadPolicy(undefined), registry)
    : undefined;
  const question = { ...counted, draft: new MemoryDraft(), agents, rules, stream: n };
  const reader = new FormatReader('events');
  const progress = new Progress('Judging');
  let read = 0;
  for await (const line of readLines(events)) {
    const batch = acceptor.accept(reader.read(line.text, line.number));
    if (batch.deadLettered > 0) {
      throw new UsageError(`${events}, line ${line.number}: is no event that can be judged.`);
    }
    for (const event of batch.events) judge(question, event);
    progress.show(`${++read} events`);
  }
  progress.done(`${read} events`);
  counted.sizes.add(question.draft.entries, n);
}

export interface EvaluateCalibrationFlags extends StreamFlags {
  /** False: rules are left out. */
  readonly rules?: boolean;
}

export async function evaluateCalibration(
  flags: EvaluateCalibrationFlags,
): Promise<CalibrationReport> {
  return withStreams(flags, async ({ streams }) => {
    const chances = new ClaimedChances();
    const alarms = new RaisedAlarms();
    const sizes = new StateSizes();
    for (const [n, stream] of streams.entries()) {
      await judgeStream(stream, { chances, alarms, sizes, hasRules: flags.rules !== false }, n);
    }
    const names = FACETS.map(({ name }) => name);
    return {
      dataset: 'calibration',
      streams: streams.map(({ source }) => source),
      rows: chances.rows([...names, ODD_TASK]),
      alarms: alarms.rows(names),
      stated: alarms.stated(),
      rules: flags.rules === false ? [] : alarms.rules(),
      weak_signs: alarms.weakSigns,
      state: sizes.report(),
    };
  });
}
