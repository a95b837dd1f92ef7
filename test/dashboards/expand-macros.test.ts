/** Guarantee: SQL is expanded as the plugin documents it, and what it would not expand is an error. */
import { describe, expect, it } from 'vitest';
import { expandSql, type QueryContext } from './expand-macros.ts';

const context: QueryContext = {
  range: { from: 1_700_000_000.4, to: 1_700_003_600 },
  intervalSeconds: 60,
  variables: {
    tenant: { chosen: "o'neill" },
    source: { chosen: ['6131', '6132'] },
    combination: { chosen: ['61'], all: true },
  },
};
const expand = (sql: string) => expandSql(sql, context);

describe('macros', () => {
  it.each([
    ['x > $__fromTime', 'x > toDateTime(1700000000)'],
    ['toStartOfHour($__toTime)', 'toStartOfHour(toDateTime(1700003600))'],
    ['$__timeFilter(t)', 't >= toDateTime(1700000000) AND t <= toDateTime(1700003600)'],
    ['$__timeInterval(t)', 'toStartOfInterval(toDateTime(t), INTERVAL 60 second)'],
    ['$__timeInterval(f(g(t)))', 'toStartOfInterval(toDateTime(f(g(t))), INTERVAL 60 second)'],
    ['n / ($__interval_s)', 'n / (60)'],
  ])('%s becomes %s', (sql, expected) => expect(expand(sql)).toBe(expected));

  it('never gives a bucket of less than a second', () => {
    expect(expandSql('$__interval_s', { ...context, intervalSeconds: 0.2 })).toBe('1');
  });

  it('refuses what the plugin does not know, or knows otherwise', () => {
    expect(() => expand('$__noSuch(t)')).toThrow('No macro $__noSuch');
    expect(() => expand('$__timeFilter(a, b)')).toThrow('takes one argument');
    expect(() => expand('$__timeFilter(a')).toThrow('never closes');
  });
});

describe('variables', () => {
  it('come in quotes, with quotes doubled, several joined by commas', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's syntax, not ours.
    expect(expand('a = ${tenant:sqlstring}')).toBe("a = 'o''neill'");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's syntax, not ours.
    expect(expand('a IN (${source:sqlstring})')).toBe("a IN ('6131','6132')");
    expect(expand('a IN ($source)')).toBe("a IN ('6131','6132')");
  });

  it('must have a value', () => expect(() => expand('$agent')).toThrow('$agent has no value'));

  it('drop their condition while All is chosen, and keep it otherwise', () => {
    const by = (name: string) =>
      expand(`$__conditionalAll(hex(f(c)) IN (\${${name}:sqlstring}), $${name})`);
    expect(by('combination')).toBe('1=1');
    expect(by('source')).toBe("hex(f(c)) IN ('6131','6132')");
  });
});
