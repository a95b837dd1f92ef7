/**
 * `evaluate calibration`: whether false alarms of the learned thresholds come as rarely as they say.
 *
 * Each volume of an agent's day has a probability that any day brings as much (block maxima). On benign
 * days that least probability should lie at or below 1 % on one day in a hundred, and so on: nominal
 * against observed, for each facet and class of agent, over streams that nothing was tuned on; and how often
 * it then alarms. The detector's own core scores and learns as it goes, declared changes included. A facet that says less
 * often than nominal is cautious; one that says more often lies, and its row shows it.
 */
import {
  DAYS_PER_FALSE_SIGN,
  declare,
  isScored,
  learnCall,
  scoreCall,
  sightEvent,
} from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { MemoryDraft } from '@waywarden/stage';
import { quantile } from 'simple-statistics';
import { Progress, table, UsageError } from '../commands/command-output.ts';
import { fileAcceptor } from '../commands/input-options.ts';
import { loadRegistry } from '../embedded/rule-files.ts';
import { readLines } from '../read-lines.ts';
import { type BenchmarkStream, type StreamFlags, withStreams } from './benchmark-stream.ts';
import { clusteredShare, type Share } from './scoring/interval.ts';
import { type StateReport, StateSizes, sayState } from './state-sizes.ts';

const NOMINAL = [0.1, 0.05, 0.01, 0.005, 0.001] as const;
/** Shares of days whose scores are told: of these the shipped tails are made. */
const SCORED = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] as const;
const ALL = 'all';
const TENANT = 'default';

interface CalibrationRow {
  readonly facet: string;
  /** Registered class; `all` over them. */
  readonly class: string;
  readonly agents: number;
  /** Days of agents on which the facet could say. */
  readonly agent_days: number;
  /** Intervals clustered by agent: one that has changed stays odd for days. */
  readonly observed: readonly { readonly nominal: number; readonly days: Share }[];
  /** Days on which it alarmed: rare, above the floor and above what ever was. */
  readonly alarmed: Share;
  readonly scores: readonly { readonly share: number; readonly score: number }[];
}

export interface CalibrationReport {
  readonly dataset: 'calibration';
  readonly streams: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly CalibrationRow[];
  readonly state: StateReport;
  /** Alerts that weak signs of several days added up to, and how many chance may bring at most. */
  readonly weak_signs: {
    readonly agent_days: number;
    readonly alerts: number;
    readonly at_most: number;
  };
}

/** What a facet said of an agent's day: the least probability, the highest scores. */
interface Day {
  readonly facet: string;
  readonly class: string;
  readonly agent: string;
  readonly probability: number;
  readonly alarmed: boolean;
  /** Of each part of the agent that it counts apart. */
  readonly scores: ReadonlyMap<string, number>;
}

class AgentDays {
  readonly #days = new Map<string, Day>();
  readonly #judged = new Set<string>();
  readonly #added = new Set<string>();

  /** An alert that days have added up to. */
  addSigns(agent: string, alert: string): void {
    this.#added.add(`${agent}|${alert}`);
  }

  get weakSigns(): CalibrationReport['weak_signs'] {
    const days = this.#judged.size;
    return { agent_days: days, alerts: this.#added.size, at_most: days / DAYS_PER_FALSE_SIGN };
  }

  add(
    said: Omit<Day, 'scores'>,
    at: { readonly day: string; readonly part: string },
    score: number,
  ) {
    const key = `${said.facet}|${said.agent}|${at.day}`;
    this.#judged.add(`${said.agent}|${at.day}`);
    const before = this.#days.get(key);
    const scores = new Map(before?.scores);
    scores.set(at.part, Math.max(score, scores.get(at.part) ?? score));
    this.#days.set(key, {
      ...said,
      probability: Math.min(said.probability, before?.probability ?? 1),
      alarmed: said.alarmed || before?.alarmed === true,
      scores,
    });
  }

  rows(): readonly CalibrationRow[] {
    const groups = new Map<string, { facet: string; class: string; days: Day[] }>();
    for (const day of this.#days.values()) {
      for (const of of [ALL, day.class]) {
        const key = `${day.facet}|${of === ALL ? '' : of}`;
        const group = groups.get(key) ?? { facet: day.facet, class: of, days: [] };
        group.days.push(day);
        groups.set(key, group);
      }
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => rowOf(group));
  }
}

/** How many of the days, clustered by agent. */
function shareOf(days: readonly Day[], is: (day: Day) => boolean): Share {
  const agents = new Map<string, [number, number]>();
  for (const day of days) {
    const [k, n] = agents.get(day.agent) ?? [0, 0];
    agents.set(day.agent, [k + (is(day) ? 1 : 0), n + 1]);
  }
  return clusteredShare([...agents.values()]);
}

function rowOf(group: { facet: string; class: string; days: readonly Day[] }): CalibrationRow {
  const { facet, days } = group;
  const scores = days.flatMap((day) => [...day.scores.values()]);
  const told = SCORED.filter((one) => one * scores.length >= 1);
  return {
    facet,
    class: group.class,
    agents: new Set(days.map(({ agent }) => agent)).size,
    agent_days: days.length,
    observed: NOMINAL.map((nominal) => ({
      nominal,
      days: shareOf(days, ({ probability }) => probability <= nominal),
    })),
    alarmed: shareOf(days, ({ alarmed }) => alarmed),
    scores: told.map((one) => ({
      share: one,
      score: Number(quantile(scores, 1 - one).toFixed(2)),
    })),
  };
}

interface Judge {
  readonly draft: MemoryDraft;
  readonly agents: ReadonlyMap<string, RegistryAgent>;
  readonly days: AgentDays;
  readonly stream: number;
}

function judge({ draft, agents, days, stream }: Judge, event: AuditEvent): void {
  if (sightEvent(draft, { id: event.event_id }) !== 'first') return;
  if (event.activity === 'config_change') declare(draft, event);
  if (!isScored(event)) return;
  const registered = agents.get(event.agent.uid);
  const scored = scoreCall(draft, event, registered);
  const tool = event.tool === undefined ? '' : `${event.tool.server ?? ''}/${event.tool.name}`;
  const at = { day: event.event_time.slice(0, 10), part: tool };
  const agent = `${stream}|${event.agent.uid}`;
  for (const { facet, day, alarm } of scored.facets) {
    if (alarm !== undefined && facet === 'weak_signs') days.addSigns(agent, alarm.dedupeKey);
    if (day === undefined) continue;
    const said = {
      facet,
      class: registered?.class ?? 'unregistered',
      agent,
      probability: day.probability,
      alarmed: alarm !== undefined,
    };
    days.add(said, facet === 'tool_rate' ? at : { ...at, part: '' }, day.score);
  }
  learnCall(draft, event, scored.flag, scored);
}

interface Counted {
  readonly days: AgentDays;
  readonly sizes: StateSizes;
}

async function judgeStream(
  { events, registry: file }: BenchmarkStream,
  { days, sizes }: Counted,
  n: number,
) {
  const registry = file === undefined ? undefined : loadRegistry(file);
  const acceptor = fileAcceptor(
    { format: 'events', tenant: TENANT, assurance: 'authenticated', trustFields: true },
    registry,
  );
  const agents = new Map((registry?.agents ?? []).map((agent) => [agent.uid, agent]));
  const question = { draft: new MemoryDraft(), agents, days, stream: n };
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
  sizes.add(question.draft.entries, n);
}

export async function evaluateCalibration(flags: StreamFlags): Promise<CalibrationReport> {
  return withStreams(flags, async ({ streams }) => {
    const days = new AgentDays();
    const sizes = new StateSizes();
    for (const [n, stream] of streams.entries()) await judgeStream(stream, { days, sizes }, n);
    const sources = streams.map(({ source }) => source);
    return {
      dataset: 'calibration',
      streams: sources,
      rows: days.rows(),
      weak_signs: days.weakSigns,
      state: sizes.report(),
    };
  });
}

const percent = (one: number) => (one * 100).toFixed(2);
const said = ({ share: of, k, interval: { low, high } }: Share) =>
  of === null ? '–' : `${percent(of)} (${percent(low)}–${percent(high)}; ${k})`;

export function sayCalibration({
  rows,
  weak_signs: signs,
  state,
}: CalibrationReport): readonly string[] {
  return [
    'Benign days of which a facet says that so much comes on at most so many days, in percent (95 %, clustered by agent; days):',
    ...table(
      ['facet', 'class', 'agent-days', ...NOMINAL.map((p) => `nominal ${p * 100}`), 'alarmed'],
      rows.map((row) => [
        row.facet,
        row.class,
        String(row.agent_days),
        ...row.observed.map(({ days }) => said(days)),
        said(row.alarmed),
      ]),
    ),
    `Weak signs of several days added up to ${signs.alerts} alerts on ${signs.agent_days} agent-days; chance may bring ${signs.at_most.toFixed(1)} at most.`,
    sayState(state),
    'An alarm begins at 0.1 % of days, and beyond one and a half times the largest ever and a static floor.',
  ];
}
