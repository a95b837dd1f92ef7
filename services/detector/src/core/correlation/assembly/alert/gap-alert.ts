/** The early warning as an alert; its one action holds the call. */
import { type Alert, alertId } from '@waywarden/schemas';
import { SUMMARY_LENGTH_MAX, shorten, TITLE_LENGTH_MAX } from '../../../domain/short-text.ts';
import type { ChainStep } from '../model/chain-step.ts';
import type { Proof } from '../proof/find-proof.ts';
import { stepAgentName, stepToolName, titleName } from './alert-parts.ts';
import { type AlertParts, buildAssemblyAlert, isEvaluable } from './build-alert.ts';
import { type CutAction, residualAccess } from './choose-cut.ts';
import { storyOf } from './describe-assembly.ts';
import { linksSentence } from './describe-links.ts';

type Given =
  | 'meta'
  | 'policy'
  | 'combination'
  | 'proof'
  | 'verdict'
  | 'detectedAt'
  | 'commonValues';

export interface GapParts extends Pick<AlertParts, Given> {
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
    stops: 'this call until a person agrees',
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

function summaryOf({ proof, combination, isDenied }: GapParts): string {
  const done = doneOf(proof);
  const { wire } = proof.completing;
  const asked = askedOf(proof);
  const [who, tool] = [stepAgentName(proof.completing), stepToolName(proof.completing)];
  const at = wire.event_time.slice(11, 19);
  const end = isDenied
    ? 'It was refused, so nothing came of it.'
    : 'Nothing tells yet that it was done.';
  return shorten(
    `${storyOf(done)}. At ${at} ${who} asked for ${tool} (${asked}), which would complete ${combination.source.id}: ${linksSentence(proof.links)}. ${end}`,
    SUMMARY_LENGTH_MAX,
  );
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
  return {
    ...alert,
    alert_id: alertId({
      tenantId: meta.tenant,
      kind,
      ruleId: combination.source.id,
      alertKey: `${meta.chain}|${combination.source.id}`,
    }),
    kind,
    title: shorten(
      `${titleName(wire.agent_uid)} asks for the last step of ${combination.source.id}`,
      TITLE_LENGTH_MAX,
    ),
    summary: summaryOf(parts),
    reasons: [
      {
        feature: 'privilege_gap',
        text: `All steps of ${combination.source.id} but the last were done and lead to this request.`,
        expected: 'work that does not complete a dangerous combination',
        observed: `asked for ${askedOf(proof)}`,
        level: 'chain',
      },
    ],
    evidence: alert.evidence.map((one) =>
      one.event_id === wire.event_id ? { ...one, role: 'requested' } : one,
    ),
    ...(assembly === undefined ? {} : { assembly }),
  };
}
