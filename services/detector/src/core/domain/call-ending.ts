/** How a call ended, as far as that says something of its agent. */
import type { AuditEvent } from '@waywarden/schemas';

const DENIES: ReadonlySet<string> = new Set(['deny', 'denied', 'block', 'blocked', 'refuse']);

function isDeniedByPolicy({ policy }: AuditEvent): boolean {
  return policy?.decision !== undefined && DENIES.has(policy.decision.toLowerCase());
}

/** A client that hung up says nothing. */
const STOPPED =
  /approv|polic(y|ies)|denied|block|refus|forbidden|guardrail|not[-_ ]?(allowed|permitted)|by[-_ ]?(the[-_ ]?)?gateway/i;

/** Denied, or cancelled for want of leave. */
export function wasStopped(event: AuditEvent): boolean {
  const { outcome, error } = event;
  if (outcome === 'denied') return true;
  if (outcome !== 'cancelled') return false;
  const errorText = `${error?.type ?? ''} ${error?.code ?? ''}`;
  return !TIMED_OUT.test(errorText) && (isDeniedByPolicy(event) || STOPPED.test(errorText));
}

/** `open`: it may have happened. `void`: nobody was harmed, and nothing was done. */
type CallEnding = 'done' | 'open' | 'failed' | 'void';

const TIMED_OUT = /time[-_ ]?out|timed[-_ ]?out|deadline[-_ ]?exceeded/i;

export function callEnding(event: AuditEvent): CallEnding {
  const { outcome, args, error, effect } = event;
  if (args?.features?.['dry_run'] === true || wasStopped(event)) return 'void';
  if (outcome === 'success' || outcome === 'unknown') return 'done';
  const isTimeout = TIMED_OUT.test(`${error?.type ?? ''} ${error?.code ?? ''}`);
  return isTimeout && effect !== 'read' && outcome !== 'protocol_error' ? 'open' : 'failed';
}

export function showsHabit(event: AuditEvent): boolean {
  const ending = callEnding(event);
  return ending === 'done' || ending === 'open';
}

const LIMITS = /quota|rate.?limit|throttl|too.?many|exhausted|budget|\b429\b/i;

/** Whether a person refused a call. What a policy or a limit denied besides is nobody's judgement. */
export function isRefusal(event: AuditEvent): boolean {
  const { approval, outcome, error } = event;
  if (outcome !== 'denied' || approval?.mode !== 'human') return false;
  if (LIMITS.test(`${error?.type ?? ''} ${error?.code ?? ''}`)) return false;
  return !isDeniedByPolicy(event);
}
