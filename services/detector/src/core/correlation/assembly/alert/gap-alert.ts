/** The early warning as an alert; its one action holds the call. */
import { type Alert, alertId } from '@waywarden/schemas';
import { CUT_WORDS, closingGapWords } from '../../../wording/chains.ts';
import type { ChainStep } from '../model/chain-step.ts';
import type { Proof } from '../proof/find-proof.ts';
import { type AlertParts, buildAssemblyAlert, isEvaluable } from './assembly-alert.ts';
import { type CutAction, residualAccess } from './choose-cut.ts';

type Given =
  | 'meta'
  | 'policy'
  | 'combination'
  | 'proof'
  | 'verdict'
  | 'detectedAt'
  | 'commonValues';

interface GapParts extends Pick<AlertParts, Given> {
  readonly isDenied: boolean;
}

function holdCall({ wire }: ChainStep): CutAction {
  const { tenant_id, agent_uid, call_uid } = wire;
  return {
    action: 'hold',
    target: {
      level: 'call',
      tenant_id,
      agent_uid,
      ...(call_uid === undefined ? {} : { call_uid }),
    },
    stops: CUT_WORDS.request,
    collateral: [],
  };
}

function doneOf(proof: Proof): Proof {
  return { ...proof, steps: proof.steps.filter((one) => one.event !== proof.completing) };
}

function askedOf(proof: Proof): string {
  const asked = proof.steps.filter((one) => one.event === proof.completing);
  return asked.flatMap((one) => one.symbols).join(', ');
}

function assemblyOf(parts: GapParts, alert: Alert): NonNullable<Alert['assembly']> | undefined {
  const { assembly } = alert;
  if (assembly === undefined) return undefined;
  const done = doneOf(parts.proof).steps;
  const didAs = (agent: string) =>
    new Set(
      done.filter(({ event }) => event.wire.agent_uid === agent).flatMap(({ symbols }) => symbols),
    );
  return {
    ...assembly,
    contributors: assembly.contributors.map((one) => ({
      ...one,
      exercised: one.exercised.filter((symbol) => didAs(one.agent_uid).has(symbol)),
    })),
  };
}

export function gapAlert(parts: GapParts): Alert {
  const { isDenied, ...given } = parts;
  const { meta, policy, combination, proof } = given;
  const residual = residualAccess(doneOf(proof), policy);
  const cut = { actions: isDenied ? [] : [holdCall(proof.completing)], sound: true, problems: [] };
  const would: AlertParts = {
    ...given,
    ...{ policyKnown: true, residual, cut, count: 1, cutImports: [] },
    completers: [proof.completing],
    evaluable: isEvaluable(meta),
  };
  const alert = buildAssemblyAlert(would);
  const { wire } = proof.completing;
  const kind = 'privilege_gap_closing';
  const assembly = assemblyOf(parts, alert);
  const asked = { combination: combination.source.id, asked: askedOf(proof), isDenied };
  const { title, summary, reason } = closingGapWords(proof, doneOf(proof), asked);
  return {
    ...alert,
    alert_id: alertId({
      tenantId: meta.tenant,
      kind,
      ruleId: combination.source.id,
      alertKey: `${meta.chain}|${combination.source.id}`,
    }),
    kind,
    title,
    summary,
    reasons: [{ feature: 'privilege_gap', ...reason, level: 'chain' }],
    evidence: alert.evidence.map((one) =>
      one.event_id === wire.event_id ? { ...one, role: 'requested' } : one,
    ),
    ...(assembly === undefined ? {} : { assembly }),
  };
}
