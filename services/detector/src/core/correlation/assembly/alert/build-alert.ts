/** The alert of a proven combination; it changes with the proof only. */

import { type Alert, type AlertEvidence, type PrivilegeLink, SEVERITIES } from '@waywarden/schemas';
import { newAlert } from '../../../alerting/standing-alert.ts';
import type { ChainMeta } from '../model/chain-meta.ts';
import type { ChainStep } from '../model/chain-step.ts';
import { sayLost, sayUnreported } from '../model/lost-evidence.ts';
import { isLinkingValue } from '../proof/chain-link.ts';
import type { CompiledCombination, CompiledPolicy } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';
import { type ProofVerdict, proofEvents } from '../proof/judge-proof.ts';
import { callEvidence, stepSubject } from './alert-parts.ts';
import type { Cut, ResidualAccess } from './choose-cut.ts';
import { summaryOf, titleOf } from './describe-assembly.ts';

interface ProvenParts {
  readonly combination: CompiledCombination;
  readonly proof: Proof;
  readonly verdict: ProofVerdict;
  readonly evaluable: boolean;
  /** Too little is known to tell what is common. */
  readonly isNewHere?: boolean;
}

interface CutParts {
  readonly residual: readonly ResidualAccess[];
  readonly cut: Cut;
  readonly completers: readonly ChainStep[];
  readonly cutImports: readonly PrivilegeLink[];
  readonly commonValues: number;
}

export interface AlertParts extends ProvenParts, CutParts {
  readonly meta: ChainMeta;
  readonly policy: CompiledPolicy;
  readonly policyKnown: boolean;
  readonly count: number;
  readonly detectedAt: string;
}

export function isEvaluable(meta: ChainMeta): boolean {
  return meta.evicted + meta.agentsRefused + meta.workExceeded + (meta.linksRefused ?? 0) === 0;
}

function evidenceOf(parts: AlertParts): AlertEvidence[] {
  const { proof, combination } = parts;
  const handOvers = new Set(proof.links.flatMap((link) => link.through?.n ?? []));
  return [
    ...proof.steps.map((step) =>
      callEvidence(step.event, combination.steps[step.step]?.id ?? 'step', step.symbols[0]),
    ),
    ...proof.connecting.map((event) =>
      callEvidence(event, handOvers.has(event.n) ? 'hand-over' : 'relay'),
    ),
    ...parts.completers.slice(1).map((event) => callEvidence(event, 'completed it too')),
  ];
}

const MORE_LINKS = 'More links lead to and from other chains than are followed';
const CALLS_GIVEN_UP = 'Calls of this chain were given up for want of room';
const ONLY_CLAIMED = 'only the caller says that the tool honours that.';
const NEW_HERE =
  'New here: what links these calls is not known to be rare before a day has been seen.';
const MORE_AGENTS = 'This chain has more agents than are followed';

function saysCommon(count: number): string {
  const [what, are] = count === 1 ? ['value', 'is'] : ['values', 'are'];
  return `${count} ${what} used here ${are} seen in too many other chains to link by.`;
}

function notVisible(parts: AlertParts): string[] {
  const { meta, proof, policy, verdict } = parts;
  const events = proofEvents(proof);
  const all = events.length;
  const truncated = events.filter((event) => event.wire.values_truncated).length;
  const claimed = events.filter((event) => event.wire.dry_run_claimed === true).length;
  const silent = proof.steps.filter(
    ({ event }) => event.wire.effect === 'read' && event.wire.result_values.length === 0,
  ).length;
  const unlinked = new Set(
    events.flatMap((event) =>
      event.wire.arg_values.filter((v) => !isLinkingValue(policy, v.fp, v.kind)).map((v) => v.fp),
    ),
  ).size;
  const unknown = verdict.contributors.filter((one) => one.granted === null).length;
  const isCut = parts.cutImports.length > 0 && events.some((event) => event.n < 0);
  const says: readonly (readonly [number, string])[] = [
    [truncated, `${truncated} of ${all} calls carried more values than are kept.`],
    [claimed, `${claimed} of ${all} calls asked for a dry run; ${ONLY_CLAIMED}`],
    [silent, `The result of ${silent} of ${all} calls showed no value that can be followed.`],
    [unlinked, `${unlinked} values were too common, or of a kind too common, to link by.`],
    [unknown, `The grant of ${unknown} of ${verdict.contributors.length} agents is unknown.`],
    [meta.hubs > 0 ? 1 : 0, 'A value passed through too many calls to follow all of them.'],
    [parts.commonValues, saysCommon(parts.commonValues)],
    [parts.isNewHere === true ? 1 : 0, NEW_HERE],
    [meta.linksRefused ?? 0, sayLost(meta, 'links', MORE_LINKS)],
    [meta.requestsRefused ?? 0, 'More calls were asked for at once than are remembered.'],
    [isCut ? 1 : 0, sayUnreported(parts.cutImports)],
    [meta.evicted, sayLost(meta, 'calls', CALLS_GIVEN_UP)],
    [meta.agentsRefused, sayLost(meta, 'agents', MORE_AGENTS)],
    [meta.workExceeded, 'This chain has more links than could be looked at.'],
    [parts.policyKnown ? 0 : 1, 'The policy of this call was not at hand; the last one was used.'],
  ];
  const sentences = says.filter(([count]) => count > 0).map(([, text]) => text);
  return [...new Set([...sentences, ...parts.cut.problems])];
}

function assemblyOf(parts: AlertParts): NonNullable<Alert['assembly']> {
  const { proof, verdict, combination, residual, cut } = parts;
  return {
    combination: combination.source.id,
    capabilities: [...new Set(proof.steps.flatMap((step) => step.symbols))],
    contributors: verdict.contributors.map((one) => ({
      agent_uid: one.agent,
      granted: one.granted === null ? null : [...one.granted],
      exercised: [...one.exercised],
    })),
    completed_by: proof.completing.wire.agent_uid,
    proof: proofEvents(proof).map((event) => event.wire.event_id),
    proof_minimal: proof.minimal,
    links: proof.links.map((link) => ({
      from_event: link.from.wire.event_id,
      to_event: link.to.wire.event_id,
      via: link.via,
      strength: link.strength / 100,
    })),
    gap_before: [...(proof.steps.find((one) => one.event === proof.completing)?.symbols ?? [])],
    residual_access: residual.map((left) => ({
      what: left.what,
      event_id: left.event.wire.event_id,
      neutralise: [...left.neutralise],
    })),
    cut: cut.actions.map((one) => ({ ...one, collateral: [...one.collateral] })),
    cut_sound: cut.sound,
    caveats: [...verdict.caveats],
  };
}

export function buildAssemblyAlert(parts: AlertParts): Alert {
  const { meta, proof, verdict, combination } = parts;
  const { source } = combination;
  const { wire } = proof.completing;
  const events = proofEvents(proof);
  return newAlert(
    {
      tenant: meta.tenant,
      alertKey: `${meta.chain}|${source.id}`,
      incident: meta.chain,
      times: events.map((event) => event.wire.event_time),
      sources: events.map((event) => event.wire.source),
    },
    {
      count: parts.count,
      kind: verdict.kind,
      rule_id: source.id,
      rule_version: wire.policy_version,
      severity: source.severity,
      confidence_basis: 'proof',
      score: SEVERITIES.indexOf(source.severity) / (SEVERITIES.length - 1),
      evaluable: parts.evaluable,
      subject: stepSubject(proof.completing),
      detected_at: parts.detectedAt,
      title: titleOf(proof, verdict),
      summary: summaryOf(proof, verdict, combination),
      reasons: [
        {
          feature: 'combination',
          text:
            source.title ?? `All ${source.steps.length} steps of ${source.id} were done in order.`,
          expected: 'no agent or chain that does them all, linked',
          observed: proof.steps.map((step) => step.symbols[0] ?? '').join(' → '),
          level: 'chain',
        },
      ],
      evidence: evidenceOf(parts),
      assembly: assemblyOf(parts),
      not_visible: notVisible(parts),
      taxonomy: source.taxonomy,
      policy_version: wire.policy_version,
      decisive_assurance: verdict.assurance,
      // Listed for a review only.
      ...(proof.byPrincipal ? { hygiene: true } : {}),
      ...(wire.agent_class === undefined ? {} : { subject_class: wire.agent_class }),
    },
  );
}
