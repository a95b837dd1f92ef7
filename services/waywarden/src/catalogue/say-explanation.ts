import type { ToolExplanation } from './explain-tool.ts';

const SOURCE_WORDS = {
  operator: 'registry',
  catalogue: 'shipped catalogue',
  annotation: 'annotations',
  inferred: 'name',
} as const;

const TRUST_WORDS: Readonly<Record<string, string>> = {
  trusted: 'trusted: a system of record',
  untrusted: 'untrusted: outsiders can write it',
  unknown: 'unknown',
};

function headline({ decided_by: by, where, match }: ToolExplanation): string {
  if (match !== null && where !== null) {
    const server = match.server === null ? 'any server' : `server ${match.server}`;
    return `Decided by ${where.file}:${where.line ?? '?'} (${server}, tool ${match.tool}).`;
  }
  if (by === 'annotation') return 'Decided by what the server says of the tool, and by its name.';
  return by === 'inferred'
    ? 'No entry knows it; what follows is a guess from its name.'
    : 'Nothing is known of it, and nothing is read into its name.';
}

function capabilityLines({ capabilities }: ToolExplanation): readonly string[] {
  if (capabilities.length === 0) return ['Capabilities    none'];
  return capabilities.map(({ symbol, basis, condition, exercised }, n) => {
    const head = n === 0 ? 'Capabilities  ' : '              ';
    const when =
      condition === null ? '' : ` ${condition}${exercised ? '' : ' (not with these arguments)'}`;
    return `${head}  ${symbol} (${basis})${when}`;
  });
}

function targetLine({ target, sensitivity }: ToolExplanation): string {
  const what = [target.system, target.resource_type].filter((part) => part !== null).join(' ');
  const arg = target.arg === null ? '' : `, named by ${target.arg.split('|').join(', ')}`;
  const how = sensitivity === null ? '' : `; ${sensitivity}`;
  return `Target          ${what === '' ? 'not known' : what}${arg}${how}`;
}

function combinationLines({ combinations }: ToolExplanation): readonly string[] {
  if (combinations.length === 0) {
    return ['By itself it is no step of any combination of the policy.'];
  }
  return [
    'What it can be part of:',
    ...combinations.map((one) =>
      `  ${one.combination} (${one.severity}): ${one.steps.join(', ')} of ${one.of} steps. ${one.title ?? ''}`.trimEnd(),
    ),
  ];
}

function adviceLines(explanation: ToolExplanation): readonly string[] {
  const { decided_by: by, tool, server } = explanation;
  if (by === 'operator' || by === 'catalogue') return [];
  const symbols = explanation.capabilities.map(({ symbol }) => `{ symbol: ${symbol} }`).join(', ');
  const match = `{ ${server === null ? '' : `server: ${JSON.stringify(server)}, `}tool: ${JSON.stringify(tool)} }`;
  const effect = explanation.effect === 'unknown' ? 'read' : explanation.effect;
  return [
    '',
    explanation.can_revoke
      ? 'To have your own word on it, add to `tools` of your registry, changed to what is true:'
      : 'A guess can raise an alert and never revokes. To say what is true, add to `tools` of your registry:',
    `  - match: ${match}`,
    `    capabilities: [${symbols}]`,
    `    effect: ${effect}`,
    `    result_trust: ${explanation.result_trust}`,
    'then: npx waywarden catalogue check REGISTRY',
  ];
}

export function sayExplanation(explanation: ToolExplanation): readonly string[] {
  const name =
    explanation.server === null ? explanation.tool : `${explanation.tool} of ${explanation.server}`;
  return [
    `${name}: ${explanation.effect}`,
    headline(explanation),
    '',
    'Asked, in this order:',
    ...explanation.asked.map(
      ({ source, answer, why }, n) =>
        `  ${n + 1}. ${SOURCE_WORDS[source].padEnd(17)}  ${answer === 'decided' ? 'decided' : answer}: ${why}`,
    ),
    '',
    `Effect          ${explanation.effect}`,
    ...capabilityLines(explanation),
    `Result          ${TRUST_WORDS[explanation.result_trust] ?? explanation.result_trust}`,
    targetLine(explanation),
    '',
    ...combinationLines(explanation),
    ...adviceLines(explanation),
  ];
}
