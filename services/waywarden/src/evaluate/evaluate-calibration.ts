/**
 * `evaluate calibration`: whether false alarms of the learned thresholds come as rarely as they say.
 *
 * Each volume of an agent's day has a probability that any day brings as much (block maxima). On benign
 * days that least probability should lie at or below 1 % on one day in a hundred, and so on: nominal
 * against observed, for each facet and class of agent, over streams that nothing was tuned on. The
 * detector's own core scores and learns as it goes, declared changes included. A facet that says less
 * often than nominal is cautious; one that says more often lies, and its row shows it.
 */
import { declare, isScored, learnCall, scoreCall, sightEvent } from '@waywarden/detector';
import { FormatReader } from '@waywarden/ingest';
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { MemoryDraft } from '@waywarden/stage';
import { Progress, table, UsageError } from '../commands/command-output.ts';
import { fileAcceptor } from '../commands/input-options.ts';
import { loadRegistry } from '../embedded/rule-files.ts';
import { readLines } from '../read-lines.ts';
import { type BenchmarkStream, type StreamFlags, withStreams } from './benchmark-stream.ts';
import { type Share, share } from './scoring/interval.ts';

const NOMINAL = [0.1, 0.01, 0.001, 0.0001] as const;
const ALL = 'all';

interface CalibrationRow {
  readonly facet: string;
  /** Registered class; `all` over them. */
  readonly class: string;
  /** Days of agents on which the facet could say. */
  readonly agent_days: number;
  readonly observed: readonly { readonly nominal: number; readonly days: Share }[];
}

export interface CalibrationReport {
  readonly dataset: 'calibration';
  readonly streams: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly CalibrationRow[];
}

/** The least probability of each facet, agent and day. */
class DayLeast {
  readonly #least = new Map<string, { facet: string; cls: string; p: number }>();

  add(facet: string, cls: string, agentDay: string, p: number): void {
    const key = `${facet}|${agentDay}`;
    const before = this.#least.get(key);
    if (before === undefined || p < before.p) this.#least.set(key, { facet, cls, p });
  }

  rows(): readonly CalibrationRow[] {
    const groups = new Map<string, { facet: string; cls: string; all: number[] }>();
    for (const { facet, cls, p } of this.#least.values()) {
      for (const of of [ALL, cls]) {
        const key = `${facet}|${of === ALL ? '' : of}`;
        const group = groups.get(key) ?? { facet, cls: of, all: [] };
        group.all.push(p);
        groups.set(key, group);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { facet, cls, all }]) => ({
        facet,
        class: cls,
        agent_days: all.length,
        observed: NOMINAL.map((nominal) => ({
          nominal,
          days: share(all.filter((p) => p <= nominal).length, all.length),
        })),
      }));
  }
}

interface Judge {
  readonly draft: MemoryDraft;
  readonly agents: ReadonlyMap<string, RegistryAgent>;
  readonly least: DayLeast;
  readonly stream: number;
}

function judge({ draft, agents, least, stream }: Judge, event: AuditEvent): void {
  if (sightEvent(draft, { id: event.event_id }) !== 'first') return;
  if (event.activity === 'config_change') declare(draft, event);
  if (!isScored(event)) return;
  const registered = agents.get(event.agent.uid);
  const scored = scoreCall(draft, event, registered);
  const agentDay = `${stream}|${event.agent.uid}|${event.event_time.slice(0, 10)}`;
  for (const { facet, dayProbability: p } of scored.facets) {
    if (p !== undefined) least.add(facet, registered?.class ?? 'unregistered', agentDay, p);
  }
  learnCall(draft, event, scored.flagged);
}

async function judgeStream({ events, registry: file }: BenchmarkStream, of: DayLeast, n: number) {
  const registry = file === undefined ? undefined : loadRegistry(file);
  const acceptor = fileAcceptor(
    { format: 'events', tenant: 'default', assurance: 'authenticated', trustFields: true },
    registry,
  );
  const agents = new Map((registry?.agents ?? []).map((agent) => [agent.uid, agent]));
  const question = { draft: new MemoryDraft(), agents, least: of, stream: n };
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
}

export async function evaluateCalibration(flags: StreamFlags): Promise<CalibrationReport> {
  return withStreams(flags, async ({ streams }) => {
    const least = new DayLeast();
    for (const [n, stream] of streams.entries()) await judgeStream(stream, least, n);
    const sources = streams.map(({ source }) => source);
    return { dataset: 'calibration', streams: sources, rows: least.rows() };
  });
}

const percent = ({ share: of, k }: Share) =>
  of === null ? '–' : `${(of * 100).toFixed(2)} % (${k})`;

export function sayCalibration({ rows }: CalibrationReport): readonly string[] {
  return [
    'Benign days on which a facet says that so much comes on at most so many days (in brackets: days):',
    ...table(
      ['facet', 'class', 'agent-days', ...NOMINAL.map((p) => `nominal ${p * 100} %`)],
      rows.map((row) => [
        row.facet,
        row.class,
        String(row.agent_days),
        ...row.observed.map(({ days }) => percent(days)),
      ]),
    ),
    'The alarm begins at 0.01 % of days, and beyond one and a half times the largest ever and a static floor.',
  ];
}
