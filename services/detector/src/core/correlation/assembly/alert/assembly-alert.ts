/** The alert of a proven combination; it changes with the proof only. */
import { type Alert, type AlertEvidence, type PrivilegeLink, SEVERITIES } from '@waywarden/schemas';
import { newAlert } from '../../../alerting/standing-alert.ts';
import { qualifiedTool } from '../../../state/agent/joined-names.ts';
import {
  assemblySummary,
  assemblyTitle,
  type ControlFound,
  type SharedControl,
} from '../../../wording/assembly.ts';
import { chainUnseenWords, combinationReasonWords } from '../../../wording/chains.ts';
import type { ChainMeta, LostKind } from '../model/chain-meta.ts';
import type { ChainStep } from '../model/chain-step.ts';
import { lostOf, unreportedIn } from '../model/lost-evidence.ts';
import { isLinkingValue } from '../proof/chain-link.ts';
import type { CompiledCombination, CompiledPolicy } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';
import { byOrchestrator, byPrincipal, orchestrator } from '../proof/independence.ts';
import { type ProofVerdict, proofEvents } from '../proof/judge-proof.ts';
import { stepAssurance } from '../proof/proof-assurance.ts';
import type { Cut, ResidualAccess } from './choose-cut.ts';

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

function notVisible(parts: AlertParts): string[] {
  const { meta, proof, policy, verdict } = parts;
  const events = proofEvents(proof);
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
  const lost = (kind: LostKind, count = 0) => (count > 0 ? lostOf(meta, kind) : undefined);
  const sentences = chainUnseenWords({
    ...{ calls: events.length, truncated, claimed, silent, unlinked, ungranted: unknown },
    ...{ agents: verdict.contributors.length, commonValues: parts.commonValues },
    ...{ requestsRefused: meta.requestsRefused ?? 0, workExceeded: meta.workExceeded },
    ...{ hasHubs: meta.hubs > 0, isNewHere: parts.isNewHere === true },
    isPolicyKnown: parts.policyKnown,
    unreported: isCut ? unreportedIn(parts.cutImports) : undefined,
    lost: {
      links: lost('links', meta.linksRefused),
      calls: lost('calls', meta.evicted),
      agents: lost('agents', meta.agentsRefused),
    },
  });
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
      title: assemblyTitle(proof, verdict),
      summary: assemblySummary(proof, verdict, controlOf(proof, verdict, combination)),
      reasons: [
        {
          feature: 'combination',
          ...combinationReasonWords(source.id, source.steps, source.title),
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

export function callEvidence(event: ChainStep, role: string, capability?: string): AlertEvidence {
  return {
    event_id: event.wire.event_id,
    ...(event.wire.native_id === undefined ? {} : { native_id: event.wire.native_id }),
    agent_uid: event.wire.agent_uid,
    role,
    ...(capability === undefined ? {} : { capability }),
    assurance: stepAssurance(event),
  };
}

export function stepSubject({ wire }: ChainStep): Alert['subject'] {
  return {
    agent_uid: wire.agent_uid,
    ...(wire.instance_uid === undefined ? {} : { instance_uid: wire.instance_uid }),
    chain_id: wire.chain_id,
    ...(wire.task_id === undefined ? {} : { task_id: wire.task_id }),
    ...(wire.credential_uid === undefined ? {} : { credential_uid: wire.credential_uid }),
    ...(wire.workflow === undefined ? {} : { workflow: wire.workflow }),
    ...(wire.tool === undefined ? {} : { tool: qualifiedTool(wire.tool) }),
  };
}

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

function bonds(maker: ChainStep, checker: ChainStep): SharedControl {
  const [first, second] = [orchestrator(maker), orchestrator(checker)];
  const isBelow = byOrchestrator(maker, checker) === 'dependent';
  const above =
    first === checker.wire.agent_uid
      ? ({ orchestrates: 'checker' } as const)
      : second === maker.wire.agent_uid
        ? ({ orchestrates: 'maker' } as const)
        : { orchestrator: first ?? '' };
  const { principal_uid: principal = '', agent_owner: owner } = maker.wire;
  return {
    ...(isBelow ? above : {}),
    principal: byPrincipal(maker, checker) === 'dependent' ? principal : undefined,
    owner: owner === checker.wire.agent_owner ? owner : undefined,
  };
}

function sharedOrchestrator(proof: Proof, agents: readonly string[]): string | undefined {
  const calls = proof.steps.map((one) => one.event);
  const above = new Set(calls.map(orchestrator));
  const [only] = above;
  const isProven = calls.every(({ wire }) => PROVEN.has(wire.claims.delegation));
  if (above.size !== 1 || only === undefined || !isProven || agents.includes(only))
    return undefined;
  return only;
}

function controlOf(
  proof: Proof,
  verdict: ProofVerdict,
  combination: CompiledCombination,
): ControlFound {
  const callOf = (step: number) => proof.steps.find((one) => one.step === step)?.event;
  const asked = combination.conditions.filter(({ what }) => what === 'not_independent');
  const pair = asked.length === 1 ? asked[0] : undefined;
  const [maker, checker] = [callOf(pair?.step ?? -1), callOf(pair?.other ?? -1)];
  if (maker !== undefined && checker !== undefined) {
    return {
      ...bonds(maker, checker),
      ...{ maker: maker.wire.agent_uid, checker: checker.wire.agent_uid },
      isUnknown: verdict.caveats.includes('independence_not_evaluated'),
    };
  }
  const agents = verdict.contributors.map((one) => one.agent);
  if (agents.length < 2) return undefined;
  const above = sharedOrchestrator(proof, agents);
  return above === undefined ? undefined : { above };
}
