/**
 * What the envelope of a call's workflow said beforehand: whoever reviewed the task wrote what it may do, so the first
 * time that an agent does it there is no surprise.
 *
 * Asked with more care than the finding about a call outside (`../governance/task-envelope.ts`), because here it keeps
 * something quiet: the workflow must be proven and the agent's own, all of the call inside the envelope, and what it
 * does not tell is not taken as inside. Each element excuses what it names, and a pattern for everything names nothing.
 * Rejected: that any call inside excuses all that is new of it. An envelope that tells no destinations says nothing of
 * to whom its task sends.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  matchesGrant,
  type RegistryAgent,
} from '@waywarden/schemas';
import { type Envelope, envelopeOf, factsOf, judgeCall } from '../governance/envelope.ts';
import { registryIndex } from '../profile/tenant-control.ts';
import type { Excusable, Excuse } from './novelty-excuse.ts';
import { LASTING } from './novelty-surprise.ts';

export type EnvelopeElement =
  | 'capabilities'
  | 'targets'
  | 'counterparty'
  | 'environments'
  | 'sensitivity';

/** Undefined where no envelope binds the call, or the call is not seen to stay inside. */
function keptEnvelope({ draft, event, registered }: Excusable): Envelope | undefined {
  const workflow = event.task?.workflow;
  if (workflow === undefined || !isProven(event) || !isOwn(registered, workflow)) return undefined;
  const registry = registryIndex(draft, event.tenant_id)?.registry;
  const envelope = registry && envelopeOf(registry, workflow);
  if (envelope === undefined || judgeCall(envelope, factsOf(event)).length > 0) return undefined;
  return envelope;
}

const isProven = ({ claims, agent }: AuditEvent) =>
  assuranceAtLeast(claims.workflow, 'authenticated') &&
  assuranceAtLeast(agent.assurance, 'authenticated');

function isOwn(registered: RegistryAgent | undefined, workflow: string): boolean {
  return registered !== undefined && registered.workflows?.includes(workflow) !== false;
}

/** What can't be undone wants its capability in full. */
function byCapabilities({ capabilities }: Envelope, event: AuditEvent): Excuse | undefined {
  const named = capabilities?.filter((one) => one !== '*') ?? [];
  const whole = named.filter((one) => !one.includes('*'));
  const isNamed = (patterns: readonly string[]) =>
    event.capabilities.length > 0 &&
    event.capabilities.every(
      ({ symbol, basis }) =>
        basis !== 'inferred' && patterns.some((one) => matchesGrant(one, symbol)),
    );
  if (!isNamed(named)) return undefined;
  return LASTING.has(event.effect) && !isNamed(whole) ? 'mild' : 'quiet';
}

function namesTarget({ targets }: Envelope, event: AuditEvent): boolean {
  const named = targets?.filter((one) => one !== '*') ?? [];
  return named.length > 0 && judgeCall({ targets: named }, factsOf(event)).length === 0;
}

/** By its domain, or as the one target that is written out. */
function namesCounterparty(envelope: Envelope, event: AuditEvent): boolean {
  const named = envelope.destinations?.filter((one) => one !== '*') ?? [];
  const isSent = event.effect === 'send' || event.effect === 'pay';
  if (isSent && named.length > 0) {
    return judgeCall({ destinations: named }, factsOf(event)).length === 0;
  }
  const { resource_id: id, resource_type: type, system } = event.target ?? {};
  if (id === undefined) return false;
  const names = [id, `${type ?? ''}/${id}`, `${system ?? ''}/${id}`];
  return envelope.targets?.some((one) => names.includes(one)) === true;
}

export function excusedByEnvelope(of: Excusable, element: EnvelopeElement): Excuse | undefined {
  const envelope = keptEnvelope(of);
  if (envelope === undefined) return undefined;
  switch (element) {
    case 'capabilities':
      return byCapabilities(envelope, of.event);
    case 'targets':
      return namesTarget(envelope, of.event) ? 'quiet' : undefined;
    case 'counterparty':
      return namesCounterparty(envelope, of.event) ? 'quiet' : undefined;
    case 'environments':
      return envelope.environments === undefined ? undefined : 'quiet';
    case 'sensitivity': {
      const { sensitivity_max: most = 'unknown' } = envelope;
      return most === 'unknown' ? undefined : 'quiet';
    }
  }
}
