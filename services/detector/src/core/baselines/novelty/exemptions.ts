/**
 * What was declared beforehand of something new to an agent: in its profile, its workflow's envelope, or as a
 * change of the day before. A wildcard names nothing.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  isCritical,
  isSensitive,
  matchesGrant,
  type RegistryAgent,
  SENSITIVITIES,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { isToolDeclared, isToolNamed } from '../../domain/registry/declared-tool.ts';
import { namedBy } from '../../domain/registry/declared-tools.ts';
import {
  type Envelope,
  envelopeOf,
  factsOf,
  judgeEnvelope,
  matchesName,
} from '../../domain/registry/envelope.ts';
import { declaredChanges } from '../../state/agent/declarations.ts';
import { registryIndex } from '../../state/tenant-control.ts';

/** `mild`: reported, at the lowest severity. */
export type Exemption = 'quiet' | 'mild' | undefined;

export interface Exemptible {
  readonly transaction: Transaction;
  readonly event: AuditEvent;
  readonly registered: RegistryAgent | undefined;
}

/** What takes away, gives away or pays can't be undone. */
export const LASTING: ReadonlySet<string> = new Set(['delete', 'grant', 'pay']);
export const GRAVE: ReadonlySet<string> = new Set(['restricted', 'secret']);

export function isGraveCall({ effect, capabilities, target }: AuditEvent): boolean {
  return (
    LASTING.has(effect) ||
    GRAVE.has(target?.sensitivity ?? '') ||
    capabilities.some(({ symbol }) => isSensitive(symbol) || isCritical(symbol))
  );
}

export const strongestExemption = (all: readonly Exemption[]): Exemption =>
  all.includes('quiet') ? 'quiet' : all.find((one) => one !== undefined);

export function byDeclaredChange({ transaction, event }: Exemptible): Exemption {
  for (const of of declaredChanges(transaction, event, epochMs(event.event_time))) {
    const named = event.tool && namedBy(of, event.tool);
    const isOfTool = named === 'tool' || (event.tool && of === `tool/${event.tool.name}`);
    if (!isGraveCall(event) && (isOfTool || named === 'server' || of.startsWith('release/'))) {
      return 'quiet';
    }
    if (isOfTool) return 'mild';
  }
  return undefined;
}

/** Whether its grants name, not by a pattern, all that the call exercises. */
function isGranted({ capabilities }: AuditEvent, registered: RegistryAgent | undefined): boolean {
  const named = registered?.grants?.filter((one) => !one.includes('*')) ?? [];
  return (
    capabilities.length > 0 &&
    capabilities.every(({ symbol }) => named.some((one) => matchesGrant(one, symbol)))
  );
}

/** A pattern exempts only what harms nobody. */
export function byProfile({ event, registered }: Exemptible): Exemption {
  if (isToolNamed(registered, event.tool)) {
    return LASTING.has(event.effect) && !isGranted(event, registered) ? 'mild' : 'quiet';
  }
  return isToolDeclared(registered, event.tool) && !isGraveCall(event) ? 'quiet' : undefined;
}

export function isListed(allowed: readonly string[] | undefined, value: string): boolean {
  return (allowed ?? []).some((one) => one !== '*' && matchesName(one, value));
}

export function isWithinSensitivity({ event, registered }: Exemptible): boolean {
  const most = registered?.profile?.sensitivity_max;
  const of = event.target?.sensitivity;
  if (most === undefined || most === 'unknown' || of === undefined) return false;
  return SENSITIVITIES.indexOf(of) <= SENSITIVITIES.indexOf(most);
}

function envelopeAround({ transaction, event, registered }: Exemptible): Envelope | undefined {
  const workflow = event.task?.workflow;
  if (workflow === undefined || registered?.workflows?.includes(workflow) === false)
    return undefined;
  const isProven =
    assuranceAtLeast(event.claims.workflow, 'authenticated') &&
    assuranceAtLeast(event.agent.assurance, 'authenticated');
  const registry = registryIndex(transaction, event.tenant_id)?.registry;
  const envelope = isProven && registry ? envelopeOf(registry, workflow) : undefined;
  if (envelope === undefined || judgeEnvelope(envelope, factsOf(event)).length > 0)
    return undefined;
  return envelope;
}

export function byEnvelope(
  of: Exemptible,
  part: 'capabilities' | 'targets' | 'destinations' | 'environments' | 'sensitivity_max',
): Exemption {
  const envelope = envelopeAround(of);
  if (envelope === undefined) return undefined;
  if (part === 'environments' || part === 'sensitivity_max') {
    return envelope[part] === undefined ? undefined : 'quiet';
  }
  const named = envelope[part]?.filter((one) => one !== '*') ?? [];
  if (named.length === 0) return undefined;
  if (part !== 'capabilities') return 'quiet';
  const { capabilities, effect } = of.event;
  const isNamed = capabilities.every(
    ({ symbol, basis }) =>
      basis !== 'inferred' && named.some((pattern) => matchesGrant(pattern, symbol)),
  );
  if (!isNamed || capabilities.length === 0) return undefined;
  return LASTING.has(effect) ? 'mild' : 'quiet';
}
