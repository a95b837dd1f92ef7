/**
 * AgentDojo's runs, each of one agent with all tools, divided into two: a reader that has every call
 * which only reads, and an actor that has the rest, in one task. Before the actor acts, the reader hands
 * over to it. So whoever reads the planted text is not who obeys it.
 *
 * The division is derived, not observed: no model ever ran like this. What a reader would really hand
 * on is not known, so a hand-over says to whom and nothing else. What decides is the catalogue's effect
 * of the call; that no effect is known counts as reading nothing and is the actor's.
 */
import { FormatReader } from '@waywarden/ingest';
import { type AuditEvent, type Registry, registrySchema } from '@waywarden/schemas';
import { readLines } from '@waywarden/waywarden/input/read-lines';
import { z } from 'zod';
import { LineFile } from '../../stream-file.ts';
import { replayAcceptor } from '../load-agentdojo.ts';

const runLine = z.object({
  trace_id: z.string(),
  agent: z.string(),
  user_task: z.string().optional(),
  calls: z.array(
    z.looseObject({
      tool: z.string(),
      args: z.unknown(),
      result: z.unknown(),
      error: z.unknown(),
      result_len: z.number().nullish(),
    }),
  ),
});
type RunLine = z.infer<typeof runLine>;

export interface DividedCall {
  readonly event: Pick<AuditEvent, 'effect' | 'capabilities'>;
  readonly call: RunLine['calls'][number];
}

export type Part = 'reader' | 'actor';
export const partOf = ({ effect }: DividedCall['event']): Part =>
  effect === 'read' ? 'reader' : 'actor';
export const uidOf = (agent: string, part: Part): string => `${agent}/${part}`;

/** A run's calls and hand-overs as lines of the format `multi-agent`. */
export function divideRun(
  run: Pick<RunLine, 'trace_id' | 'agent' | 'user_task'>,
  calls: readonly DividedCall[],
): readonly Readonly<Record<string, unknown>>[] {
  const [reader, actor] = [uidOf(run.agent, 'reader'), uidOf(run.agent, 'actor')];
  const lines: Record<string, unknown>[] = [];
  const add = (agent: string, line: Readonly<Record<string, unknown>>) => {
    const parent = agent === actor ? { parent_agent_id: reader } : {};
    const of = { trace_id: run.trace_id, step: lines.length, agent_id: agent, ...parent };
    lines.push({ ...of, ...line, user_task: run.user_task });
  };
  let before: Part = 'reader';
  for (const { event, call } of calls) {
    const part = partOf(event);
    if (part === 'actor' && before === 'reader') {
      add(reader, { tool: 'delegate', args: { to: actor }, result_error: false });
    }
    before = part;
    const { tool, args, result, error, result_len } = call;
    const failed = error !== undefined && error !== null && error !== false;
    add(uidOf(run.agent, part), { tool, args, result, result_len, result_error: failed });
  }
  return lines;
}

/** What both parts of every agent do, as the registry would grant it: each its own and no more. */
export class DividedGrants {
  readonly #grants = new Map<string, Set<string>>();

  add(agent: string, calls: readonly DividedCall[]): void {
    for (const part of ['reader', 'actor'] as const) {
      const uid = uidOf(agent, part);
      const inHand = this.#grants.get(uid) ?? new Set<string>();
      this.#grants.set(uid, inHand);
      for (const { event } of calls) {
        if (partOf(event) === part) for (const { symbol } of event.capabilities) inHand.add(symbol);
      }
    }
  }

  registry(): Registry {
    const agents = [...this.#grants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([uid, grants]) => ({
        uid,
        plane: uid.endsWith('/reader') ? 'retrieval' : 'execution',
        grants: [...grants].sort(),
      }));
    return registrySchema.parse({ version: 1, agents });
  }
}

/** Writes the divided runs; the registry grants each part what its calls need. */
export async function divideFile(from: string, to: string): Promise<Registry> {
  const acceptor = replayAcceptor('default', 'authenticated', 'trajectories');
  const reader = new FormatReader('trajectories');
  const grants = new DividedGrants();
  const out = new LineFile(to);
  try {
    for await (const { text, number } of readLines(from)) {
      const run = runLine.parse(JSON.parse(text));
      const { events } = acceptor.accept(reader.read(text, number));
      if (events.length !== run.calls.length) throw new Error(`${from}:${number}: calls were lost`);
      const calls = run.calls.flatMap((call, n) => {
        const event = events[n];
        return event === undefined ? [] : [{ call, event }];
      });
      grants.add(run.agent, calls);
      for (const line of divideRun(run, calls)) out.add(JSON.stringify(line));
    }
  } finally {
    out.close();
  }
  return grants.registry();
}
