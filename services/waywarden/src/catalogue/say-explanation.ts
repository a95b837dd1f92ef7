/** An explanation of `catalogue explain` in plain words. */
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

/** How to say for certain what the tool does. */
function adviceLines(told: ToolExplanation): readonly string[] {
  const { decided_by: by, tool, server } = told;
  if (by === 'operator' || by === 'catalogue') return [];
  const symbols = told.capabilities.map(({ symbol }) => `{ symbol: ${symbol} }`).join(', ');
  const match = `{ ${server === null ? '' : `server: ${JSON.stringify(server)}, `}tool: ${JSON.stringify(tool)} }`;
  const effect = told.effect === 'unknown' ? 'read' : told.effect;
  return [
    '',
    told.can_revoke
      ? 'To have your own word on it, add to `tools` of your registry, changed to what is true:'
      : 'A guess can raise an alert and never revokes. To say what is true, add to `tools` of your registry:',
    `  - match: ${match}`,
    `    capabilities: [${symbols}]`,
    `    effect: ${effect}`,
    `    result_trust: ${told.result_trust}`,
    'then: npx waywarden catalogue check REGISTRY',
  ];
}

export function sayExplanation(told: ToolExplanation): readonly string[] {
  const name = told.server === null ? told.tool : `${told.tool} of ${told.server}`;
  return [
    `${name}: ${told.effect}`,
    headline(told),
    '',
    'Asked, in this order:',
    ...told.asked.map(
      ({ source, answer, why }, n) =>
        `  ${n + 1}. ${SOURCE_WORDS[source].padEnd(17)}  ${answer === 'decided' ? 'decided' : answer}: ${why}`,
    ),
    '',
    `Effect          ${told.effect}`,
    ...capabilityLines(told),
    `Result          ${TRUST_WORDS[told.result_trust] ?? told.result_trust}`,
    targetLine(told),
    '',
    ...combinationLines(told),
    ...adviceLines(told),
  ];
}
