/** The flow stage with a policy, fed observation by observation. Test code; nothing that ships imports it. */
import {
  formatLogTime,
  type ObservationWay,
  type Policy,
  type PrivilegeLink,
  policySchema,
  TOPICS,
  type ValueFlow,
} from '@waywarden/schemas';
import type { StageRecord } from '@waywarden/stage';
import { decideFlow } from '../../../stages/decide-flow.ts';
import { testId } from '../../../testing/event-builder.ts';
import { MapTransaction } from '../../../testing/map-draft.ts';

/** 2026-11-24T09:00:00Z. */
const START_MS = 1_795_510_800_000;

export interface ObservationSketch {
  readonly n: number;
  readonly chain: string;
  readonly by: ObservationWay;
  /** Seconds after the start. */
  readonly at: number;
  readonly agent?: string;
  readonly fp?: string;
  readonly wire?: Partial<ValueFlow>;
}

export function observation(sketch: ObservationSketch): ValueFlow {
  return {
    tenant_id: 'acme',
    fp: sketch.fp ?? 'value',
    kind: 'email',
    event_id: testId(sketch.n),
    chain_id: sketch.chain,
    agent_uid: sketch.agent ?? `agent of ${sketch.chain}`,
    direction: sketch.by === 'argument' ? 'used' : 'produced',
    event_time: formatLogTime({ ms: START_MS + sketch.at * 1000, ns: 0 }),
    capabilities: [{ symbol: 'read:personal', basis: 'catalogue' }],
    by: sketch.by,
    assurance: 'authenticated',
    policy_version: 'p1',
    ...sketch.wire,
  };
}

function record(type: StageRecord['type'], value: unknown): StageRecord {
  const topic = TOPICS.valueFlows.name;
  return { topic, partition: 0, offset: 0, key: null, type, value, source: 's/0' };
}

export class FlowBench {
  readonly transaction = new MapTransaction();
  /** Links and news as they were last sent, by what they link; withdrawn ones are gone. */
  readonly standing = new Map<string, PrivilegeLink>();
  readonly sent: PrivilegeLink[] = [];
  #seq = 1;

  constructor(policy: Policy = policySchema.parse({ version: 1 })) {
    const control = { kind: 'policy', seq: this.#seq, tenant_id: 'acme', version: 'p1', policy };
    decideFlow(this.transaction, record('control', control));
  }

  feed(...observations: readonly ValueFlow[]): readonly PrivilegeLink[] {
    return observations.flatMap((one) => this.#decide(record('event', one)));
  }

  pass(atSeconds: number): void {
    this.#seq += 1;
    const time = formatLogTime({ ms: START_MS + atSeconds * 1000, ns: 0 });
    this.#decide(record('watermark', { seq: this.#seq, time }));
  }

  /** From, to and kind of the links that stand. */
  links(): readonly string[] {
    return [...this.standing.values()]
      .filter((one) => one.hub !== true)
      .map(
        (one) =>
          `${Number(one.from_event.slice(-12))}>${Number(one.to_event.slice(-12))} ${one.via}`,
      )
      .sort();
  }

  #decide(one: StageRecord): readonly PrivilegeLink[] {
    const links = decideFlow(this.transaction, one).map((output) => output.value as PrivilegeLink);
    for (const link of links) {
      const name = `${link.from_event}/${link.to_event}/${link.via}/${link.hub === true}`;
      if (link.withdrawn === true) this.standing.delete(name);
      else this.standing.set(name, link);
    }
    this.sent.push(...links);
    return links;
  }
}
