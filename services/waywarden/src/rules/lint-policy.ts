/**
 * What a policy file says that its schema accepts and that still is not what anybody means: a rule
 * that can never act, a symbol that no tool has, an example that proves nothing.
 *
 * An error is what makes a part of the policy meaningless; a warning is what works and probably
 * surprises. Both name the place, what stands there and what would be right.
 */
import {
  assuranceAtLeast,
  CAPABILITY_SYMBOLS,
  CLASS_LADDER,
  CLASS_TRIGGERS,
  type Combination,
  combinationExampleSchema,
  didYouMean,
  grantProblem,
  jsonSchemaOf,
  KNOWN_ALERT_KINDS,
  LINKING_KINDS,
  type Policy,
  type Rule,
  sayIssue,
  TARGET_LEVELS,
} from '@waywarden/schemas';
import type { Lint } from './class-lints.ts';
import { classLints } from './class-lints.ts';
import { neverFires } from './never-fires.ts';

const EXAMPLE = jsonSchemaOf('combination-example');
const ATTEMPTED = 'attempted:';
const KINDS: readonly string[] = [...KNOWN_ALERT_KINDS, CLASS_TRIGGERS];
const SYMBOLS: readonly string[] = CAPABILITY_SYMBOLS;
/** A budget past this stops nothing any more. */
const SUBJECTS_WARN = 1000;

const error = (path: Lint['path'], expected: string): Lint => ({ level: 'error', path, expected });
const warning = (path: Lint['path'], expected: string): Lint => ({
  level: 'warning',
  path,
  expected,
});

function symbolLints(text: string, path: Lint['path']): Lint[] {
  const symbol = text.startsWith(ATTEMPTED) ? text.slice(ATTEMPTED.length) : text;
  if (grantProblem(symbol) !== undefined) {
    return [error(path, `a capability is verb:object, verb:* or *${didYouMean(symbol, SYMBOLS)}`)];
  }
  const plain = symbol.split('@', 1)[0] ?? symbol;
  if (plain === '*' || SYMBOLS.includes(plain)) return [];
  const verb = plain.slice(0, -1);
  if (plain.endsWith(':*') && SYMBOLS.some((one) => one.startsWith(verb))) return [];
  const hint = didYouMean(plain, SYMBOLS);
  return [
    warning(path, `a capability that tools have${hint} or one that your registry gives them`),
  ];
}

function exampleLints(one: Combination, which: 'fires' | 'quiet', at: Lint['path']): Lint[] {
  const path = [...at, 'examples', which];
  const example = one.examples?.[which];
  const parsed = combinationExampleSchema.safeParse(example);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) =>
      error(
        [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? '' : part))],
        sayIssue(issue, example, EXAMPLE),
      ),
    );
  }
  const { steps, proof = [], kind } = parsed.data;
  const ids = steps.map((call) => call.id);
  const lints = proof.flatMap((id, n) =>
    ids.includes(id)
      ? []
      : [
          error(
            [...path, 'proof', n],
            `a call of this example: ${ids.join(', ')}${didYouMean(id, ids)}`,
          ),
        ],
  );
  if (which === 'fires' && (kind === undefined || proof.length === 0)) {
    lints.push(warning(path, 'kind and proof, or the example shows only that something fires'));
  }
  const calls = steps.flatMap((call, n) =>
    call.capabilities.flatMap((symbol, m) =>
      symbolLints(symbol, [...path, 'steps', n, 'capabilities', m]),
    ),
  );
  return [...lints, ...calls];
}

function stepLints(one: Combination, at: Lint['path']): Lint[] {
  return one.steps.flatMap((step, n) => {
    const path = [...at, 'steps', n];
    const lints = step.any.flatMap((symbol, m) => symbolLints(symbol, [...path, 'any', m]));
    if (step.link?.length === 0) {
      lints.push(error([...path, 'link'], 'at least one kind of link; leave it out for the five'));
    }
    if (step.link !== undefined && step.after === undefined) {
      lints.push(warning([...path, 'link'], 'no link without `after`: nothing is linked to it'));
    }
    if (step.beyond_scopes_of !== undefined && !(step.link ?? []).includes('derived_credential')) {
      lints.push(
        warning(
          [...path, 'beyond_scopes_of'],
          'link: [derived_credential], or scopes of unrelated credentials are compared',
        ),
      );
    }
    return lints;
  });
}

function combinationLints(one: Combination, at: Lint['path'], policy: Policy): Lint[] {
  const never = neverFires(one, policy).map((lint) => ({ ...lint, path: [...at, ...lint.path] }));
  const lints = [...stepLints(one, at), ...never];
  if (one.evaluable === false) {
    lints.push(warning([...at, 'evaluable'], `never fires: ${one.evaluable_note ?? ''}`));
  }
  if (one.examples === undefined) {
    lints.push(warning(at, 'examples that fire and stay quiet, or nobody knows whether it works'));
  } else {
    lints.push(...exampleLints(one, 'fires', at), ...exampleLints(one, 'quiet', at));
  }
  if (one.danger === undefined) {
    lints.push(warning(at, 'danger: why these calls are harmful together; the page shows it'));
  }
  if (one.runbook === undefined) {
    lints.push(warning(at, 'a runbook: what to do first when it fires'));
  }
  if (one.within === undefined) {
    lints.push(
      warning(at, 'within: without it, calls of one chain count together until it expires'),
    );
  }
  return lints;
}

function ruleLints(rule: Rule, at: Lint['path']): Lint[] {
  const lints = rule.when.kind.flatMap((kind, n) =>
    KINDS.includes(kind)
      ? []
      : [
          error(
            [...at, 'when', 'kind', n],
            `a kind of alert: ${KINDS.join(', ')}${didYouMean(kind, KINDS)}`,
          ),
        ],
  );
  for (const [n, { action, level }] of rule.actions.entries()) {
    const actions: readonly string[] = TARGET_LEVELS[level].actions;
    if (actions.includes(action) || action === CLASS_LADDER) continue;
    const others = Object.entries(TARGET_LEVELS).filter(([, one]) =>
      (one.actions as readonly string[]).includes(action),
    );
    const where =
      others.length === 0
        ? ''
        : ` (${action} goes with level ${others.map(([name]) => name).join(', ')})`;
    lints.push(
      error(
        [...at, 'actions', n, 'action'],
        `at level ${level}: ${actions.join(', ')}${where}${others.length > 0 ? '' : didYouMean(action, actions)}`,
      ),
    );
  }
  if (!assuranceAtLeast(rule.assurance_min, 'authenticated')) {
    lints.push(
      warning(
        [...at, 'assurance_min'],
        'authenticated or attested: nothing automatic rests on less, whatever stands here',
      ),
    );
  }
  if (rule.when.confidence_min !== undefined) {
    lints.push(
      warning(
        [...at, 'when', 'confidence_min'],
        'nothing, or kinds that have a confidence: only alerts by a p-value have one (behavior_deviation), so this rule matches no other',
      ),
    );
  }
  return lints;
}

function globalLints(policy: Policy, shipped: Policy): Lint[] {
  const lints = policy.links.kinds.flatMap((kind, n) => {
    const known: readonly string[] = LINKING_KINDS;
    if (known.includes(kind)) return [];
    return [
      warning(
        ['links', 'kinds', n],
        `a kind of value that is recognised: ${known.join(', ')}${didYouMean(kind, known)}`,
      ),
    ];
  });
  const enforcing = policy.rules.some((rule) => rule.mode === 'enforce');
  if (enforcing && policy.limits.subjects > SUBJECTS_WARN && policy.limits.fleet_share >= 1) {
    lints.push(
      warning(['limits'], 'a budget that stops something: this one lets a rule contain everybody'),
    );
  }
  const given = new Set(policy.combinations.map((one) => one.id));
  const left = shipped.combinations.map((one) => one.id).filter((id) => !given.has(id));
  if (given.size > 0 && left.length > 0 && policy.extends === undefined) {
    lints.push(
      warning(
        ['combinations'],
        `nothing, if you mean it: a file that names combinations replaces the shipped ones, and these are no longer watched (\`extends: shipped\` adds to them): ${left.join(', ')}`,
      ),
    );
  }
  return lints;
}

/** Everything but what the schema itself says; `shipped` is what stands when the file names none. */
export function lintPolicy(policy: Policy, shipped: Policy): readonly Lint[] {
  return [
    ...globalLints(policy, shipped),
    ...classLints(policy),
    ...policy.combinations.flatMap((one, n) => combinationLints(one, ['combinations', n], policy)),
    ...policy.rules.flatMap((rule, n) => ruleLints(rule, ['rules', n])),
  ];
}
