/** The target of a manual order, by flags. */
import type { Target } from '@waywarden/schemas';
import { UsageError } from '../../input/command-output.ts';

export interface TargetFlags {
  readonly tenant: string;
  readonly agent: string;
  readonly task?: string;
  readonly credential?: string;
  readonly instance?: string;
  readonly tool?: string;
  readonly delegation?: string;
  readonly parent?: string;
  readonly origin?: string;
}

const PARTS = ['task', 'credential', 'instance', 'tool', 'delegation', 'origin'] as const;
const ORIGIN_KINDS = { sender: 'sender', resource: 'resource_id', fp: 'fp' } as const;
const ORIGIN_WORDS =
  '--origin is sender=WHO, resource=WHICH or fp=FINGERPRINT, as the alert’s `origins` have it';

function originOf(given: string): Partial<Target> {
  const at = given.indexOf('=');
  const [kind, value] = [given.slice(0, at), given.slice(at + 1)];
  if (at < 0 || value === '' || !Object.hasOwn(ORIGIN_KINDS, kind)) {
    throw new UsageError(`"${given}" names no origin: ${ORIGIN_WORDS}.`);
  }
  return { [ORIGIN_KINDS[kind as keyof typeof ORIGIN_KINDS]]: value };
}

export function targetOf(flags: TargetFlags): Target {
  const { agent, tenant, task, credential, instance, tool, delegation, parent, origin } = flags;
  const base = { tenant_id: tenant, agent_uid: agent };
  if (PARTS.filter((part) => flags[part] !== undefined).length > 1) {
    const all = PARTS.map((part) => `--${part}`).join(', ');
    throw new UsageError(`Give one of ${all}: each is another order.`);
  }
  if ((delegation === undefined) !== (parent === undefined)) {
    throw new UsageError(
      'Give --delegation and --parent together: a hand-over is told by who handed over and its reference.',
    );
  }
  if (task !== undefined) return { level: 'task', ...base, task_id: task };
  if (credential !== undefined) return { level: 'credential', ...base, credential_uid: credential };
  if (instance !== undefined) return { level: 'instance', ...base, instance_uid: instance };
  if (tool !== undefined) return { level: 'tool', ...base, tool };
  if (delegation !== undefined && parent !== undefined) {
    return { level: 'delegation', ...base, parent_agent_uid: parent, delegation_ref: delegation };
  }
  if (origin !== undefined) return { level: 'origin', ...base, ...originOf(origin) };
  return { level: 'agent', ...base };
}

/** Only the agent's whole access is known. */
const WITHIN_AGENT: ReadonlySet<string> = new Set(['instance', 'tool']);

/** Undefined: nobody could tell. */
export function previewQuery(target: Target, action: string): URLSearchParams | undefined {
  if (target.level === 'origin') return undefined;
  const asked = {
    action: WITHIN_AGENT.has(target.level) ? undefined : action,
    agent: target.agent_uid,
    task: target.task_id,
    credential: target.credential_uid,
    parent: target.parent_agent_uid,
    delegation: target.delegation_ref,
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given as [string, string][]);
}

export function asFarAsKnown({ level }: Target, words: string): string {
  return WITHIN_AGENT.has(level)
    ? `What of it hangs on this is not known; of all of its access: ${words}`
    : words;
}
