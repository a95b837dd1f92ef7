/**
 * Who decides over a call before it runs, by the class table (governance): assistive agents ask a
 * person for every effect, semi-autonomous ones for sensitive effects, autonomous ones for critical
 * effects and a policy for the other sensitive ones.
 */
import type { Agent, Cell } from './fleet.ts';
import type { Random } from './random.ts';
import type { ActorClass } from './roles.ts';
import type { Approval } from './simulated-event.ts';
import type { Tool } from './tool-table.ts';

const CRITICAL = /^(?:initiate:|grant:|deploy:|approve:payment|disable:)/;
const SENSITIVE =
  /^(?:send:external|publish:|initiate:|approve:payment|grant:|deploy:|delete:|create:credential|create:identity)/;

export type ApprovalDue = 'none' | 'policy' | 'human';

function judged(of: ActorClass, tool: Tool): ApprovalDue {
  if (tool.effect === 'read') return 'none';
  if (of === 'assistive') return 'human';
  const has = (wanted: RegExp) => tool.capabilities.some((c) => wanted.test(c));
  if (of === 'semi_autonomous') return has(SENSITIVE) ? 'human' : 'none';
  if (of !== 'autonomous') return 'none';
  if (has(CRITICAL)) return 'human';
  return has(SENSITIVE) ? 'policy' : 'none';
}

const known = new Map<Tool, Map<ActorClass, ApprovalDue>>();

export function approvalDue(of: ActorClass, tool: Tool): ApprovalDue {
  let byClass = known.get(tool);
  if (byClass === undefined) {
    byClass = new Map();
    known.set(tool, byClass);
  }
  const inHand = byClass.get(of);
  if (inHand !== undefined) return inHand;
  const due = judged(of, tool);
  byClass.set(of, due);
  return due;
}

const POLICY: Approval = { mode: 'policy', by: 'policy/outreach' };
const NOBODY: Approval = { mode: 'none' };
const LET_THROUGH: Approval = { mode: 'auto' };

/** What is told of a call over which nobody decides: some gateways say so, some tools are let through. */
function unasked({ gateway }: Agent, { effect }: Tool): Approval | undefined {
  // Of mail, whether it leaves the house decides over approval, and one would have to look for that.
  if (effect === 'read' || effect === 'send') return undefined;
  if (gateway === 'gateway-2') return NOBODY;
  return effect === 'update' ? LET_THROUGH : undefined;
}

interface Decided {
  readonly agent: Agent;
  readonly tool: Tool;
  /** A person who decides over it, whatever the class table asks. */
  readonly by: string | undefined;
  /** What lets it through instead of whom the class table asks. */
  readonly mode: Approval['mode'] | undefined;
}

/** What is told of who let a call through. */
export function approvalOf(
  { agent, tool, by, mode }: Decided,
  { random, cell }: { readonly random: Random; readonly cell: Cell },
): Approval | undefined {
  const due = by === undefined ? approvalDue(agent.class, tool) : 'human';
  if (due === 'none') return unasked(agent, tool);
  if (mode !== undefined) return { mode };
  if (due === 'policy') return POLICY;
  const usual = `approver-${agent.team.length % 3}-${cell.number}@acme.example`;
  return { mode: due, by: by ?? usual, latency_ms: random.int(9_000, 240_000) };
}
