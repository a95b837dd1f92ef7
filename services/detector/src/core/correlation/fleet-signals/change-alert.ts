/** How an undeclared change is told: by the latest one, which runs now. */

import { type Alert, assuranceAtLeast, type PrivilegeStep } from '@waywarden/schemas';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { type SeenChange, undeclaredChangeWords } from '../../wording/fleet-changes.ts';
import { noteAlert, noteAssurance } from './note-alert.ts';

export interface ChangeCase extends SeenChange {
  readonly turn: number;
  readonly number: number;
}

export function toolDefinitionKey({ tool }: PrivilegeStep): string {
  return tool === undefined ? '' : `${tool.name}|${tool.definition_hash ?? ''}`;
}

/** An asserted step takes nothing over from a proven one. */
function leadOf([first, ...others]: readonly PrivilegeStep[]): PrivilegeStep {
  if (first === undefined) throw new Error('A change was counted and none is kept.');
  const known = new Set([toolDefinitionKey(first)]);
  let lead = first;
  for (const one of others) {
    const definition = toolDefinitionKey(one);
    if (!known.has(definition) && assuranceAtLeast(noteAssurance(one), noteAssurance(lead))) {
      lead = one;
    }
    known.add(definition);
  }
  return lead;
}

export function changeAlert(of: ChangeCase, about: string, detectedAt: string): Alert {
  const { agents, seen } = of;
  const lead = leadOf(seen);
  return noteAlert({
    kind: 'undeclared_change',
    ruleId: 'undeclared-change',
    severity: RULE_SEVERITIES['undeclared-change'].plain,
    alertKey: `${about}|${of.turn}.${of.number}`,
    causeKey: `change|${about}`,
    subject: lead,
    evidence: seen.map((step) => [step, 'changed_call'] as const),
    count: agents,
    ...undeclaredChangeWords(of, lead, about),
    taxonomy: { owasp: ['ASI04'], atlas: ['AML.T0018'] },
    detectedAt,
  });
}
