/**
 * Who decides over a call before it runs, by the class table (governance): assistive agents ask a
 * person for every effect, semi-autonomous ones for sensitive effects, autonomous ones for critical
 * effects and a policy for the other sensitive ones.
 */
import type { ActorClass } from './roles.ts';
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
  const held = byClass.get(of);
  if (held !== undefined) return held;
  const due = judged(of, tool);
  byClass.set(of, due);
  return due;
}
