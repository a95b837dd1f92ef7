/**
 * Assessments as alerts in the adapter format (docs/benchmarks-adapters.md). The described detector
 * blocks single calls while the risk is HIGH; each unbroken stretch of such calls of an agent is one
 * alert with one automatic quarantine. One alert a blocked call would be truer to it and far worse.
 */
import { z } from 'zod';
import { AgentRisk, type RiskLevel } from './agent-risk.ts';

/** Calls named by one alert; a longer stretch says only that it was longer. */
const EVIDENCE_MAX = 200;
/** Agents that are watched; further ones end the run. */
const AGENTS_MAX = 100_000;

/** What it reads of an event; the rest is not looked at. */
export const toolCall = z.object({
  native_id: z.string(),
  event_time: z.iso.datetime({ offset: true }),
  activity: z.string(),
  agent: z.object({ uid: z.string() }),
  tool: z.object({ name: z.string(), server: z.string().optional() }).optional(),
});
export type ToolCall = z.infer<typeof toolCall>;

export interface QuarantineAlert {
  readonly alert_id: string;
  readonly kind: 'behavior_deviation';
  readonly statistical: true;
  readonly severity: 'high' | 'critical';
  readonly detected_at: string;
  readonly subject: { readonly agent_uid: string };
  readonly evidence: readonly { readonly native_id: string }[];
  readonly responses: readonly {
    readonly action: 'quarantine';
    readonly target: { readonly level: 'agent'; readonly agent_uid: string };
    readonly withheld_reason: null;
  }[];
}

interface Stretch {
  readonly detectedAt: string;
  readonly evidence: { readonly native_id: string }[];
  critical: boolean;
}

interface Watched {
  readonly risk: AgentRisk;
  alerts: number;
  stretch: Stretch | undefined;
}

const isQuarantined = (level: RiskLevel): boolean => level === 'HIGH' || level === 'CRITICAL';

/** `mail/send_email`, or `mail/*` for all of a server. */
function isDeclared(tool: string, declared: readonly string[]): boolean {
  return declared.some((one) =>
    one.endsWith('*') ? tool.startsWith(one.slice(0, -1)) : one === tool,
  );
}

export class QuarantineAlerts {
  readonly #declared: ReadonlyMap<string, readonly string[]>;
  readonly #agents = new Map<string, Watched>();

  /** @param declared tools of each agent, as `server/tool`. */
  constructor(declared: ReadonlyMap<string, readonly string[]>) {
    this.#declared = declared;
  }

  /** The alert that this call ends, if it does. */
  add(call: ToolCall): QuarantineAlert | undefined {
    const { uid } = call.agent;
    if (call.activity !== 'tool_call' || call.tool === undefined) return undefined;
    const tool = `${call.tool.server ?? ''}/${call.tool.name}`;
    const declared = this.#declared.get(uid);
    const watched = this.#watched(uid);
    const { level } = watched.risk.assess({
      atMs: Date.parse(call.event_time),
      tool,
      inScope: declared === undefined ? undefined : isDeclared(tool, declared),
    });
    if (!isQuarantined(level)) return this.#end(uid, watched);
    watched.stretch ??= { detectedAt: call.event_time, evidence: [], critical: false };
    watched.stretch.critical ||= level === 'CRITICAL';
    if (watched.stretch.evidence.length < EVIDENCE_MAX) {
      watched.stretch.evidence.push({ native_id: call.native_id });
    }
    return undefined;
  }

  /** Alerts still open when the stream ends. */
  finish(): readonly QuarantineAlert[] {
    return [...this.#agents].flatMap(([uid, watched]) => this.#end(uid, watched) ?? []);
  }

  #watched(uid: string): Watched {
    const inHand = this.#agents.get(uid);
    if (inHand !== undefined) return inHand;
    if (this.#agents.size >= AGENTS_MAX) {
      throw new RangeError(`More than ${AGENTS_MAX} agents: give a shorter stream.`);
    }
    const fresh = { risk: new AgentRisk(), alerts: 0, stretch: undefined };
    this.#agents.set(uid, fresh);
    return fresh;
  }

  #end(uid: string, watched: Watched): QuarantineAlert | undefined {
    const { stretch } = watched;
    if (stretch === undefined) return undefined;
    watched.stretch = undefined;
    watched.alerts++;
    return {
      alert_id: `${uid}#${watched.alerts}`,
      kind: 'behavior_deviation',
      statistical: true,
      severity: stretch.critical ? 'critical' : 'high',
      detected_at: stretch.detectedAt,
      subject: { agent_uid: uid },
      evidence: stretch.evidence,
      responses: [
        {
          action: 'quarantine',
          target: { level: 'agent', agent_uid: uid },
          withheld_reason: null,
        },
      ],
    };
  }
}
