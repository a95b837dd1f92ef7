/**
 * The rules of promtool's lint for an exposition, re-stated
 * (prometheus/client_golang, prometheus/testutil/promlint), for machines without promtool.
 */
const FAMILY = /^# (HELP|TYPE) (\S+) (.*)$/;
const NAME = /^[a-z_:][a-z0-9_]*$/;
const NOT_BASE_UNITS =
  /_(?:milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|gigabytes|bits|ms|kb|mb)(?:_|$)/;
const TYPE_IN_NAME = /_(?:counter|gauge|histogram|summary)(?:_|$)/;

/** One sentence for each rule that a metric breaks; empty when all is well. */
export function lintProblems(exposition: string): readonly string[] {
  const helps = new Set<string>();
  const types = new Map<string, string>();
  for (const line of exposition.split('\n')) {
    const [, kind, name = '', rest = ''] = FAMILY.exec(line) ?? [];
    if (kind === 'HELP' && rest !== '') helps.add(name);
    if (kind === 'TYPE') types.set(name, rest);
  }
  return [...types].flatMap(([name, type]) =>
    problemsOf(name, type, helps.has(name)).map((problem) => `${name}: ${problem}`),
  );
}

function problemsOf(name: string, type: string, hasHelp: boolean): readonly string[] {
  const isCounter = type === 'counter';
  const endsAsPart = /_(?:count|sum|bucket)$/.test(name);
  return [
    ...(hasHelp ? [] : ['no HELP']),
    ...(isCounter && !name.endsWith('_total') ? ['a counter ends in _total'] : []),
    ...(!isCounter && name.endsWith('_total') ? ['only a counter ends in _total'] : []),
    ...(type !== 'histogram' && type !== 'summary' && endsAsPart
      ? ['ends as a part of a histogram does']
      : []),
    ...(NAME.test(name) ? [] : ['is not in snake_case']),
    ...(NOT_BASE_UNITS.test(name) ? ['has another unit than the base unit'] : []),
    ...(TYPE_IN_NAME.test(name) ? ['has its type in its name'] : []),
  ];
}
