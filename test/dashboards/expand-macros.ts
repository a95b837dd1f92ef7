/**
 * What becomes of a panel's SQL between Grafana and ClickHouse, so that tests run what the server would get: first
 * `$__conditionalAll`, then variables, then macros. Source: the ClickHouse data source plugin, 4.x; times are whole
 * seconds, bounds inclusive.
 */
export interface TimeRange {
  /** Unix seconds, both inclusive. */
  readonly from: number;
  readonly to: number;
}

export type VariableValues = Readonly<Record<string, VariableValue>>;
export interface VariableValue {
  readonly chosen: string | readonly string[];
  /** All was chosen; `chosen` then holds every option, as Grafana passes it on. */
  readonly all?: boolean;
}

export interface QueryContext {
  readonly range: TimeRange;
  /** Width of a bucket as Grafana computed it from range and panel width. */
  readonly intervalSeconds: number;
  readonly variables: VariableValues;
}

/** End of the bracket that opens at `open`; -1 when it never closes. */
function closingBracket(sql: string, open: number): number {
  let depth = 0;
  for (let at = open; at < sql.length; at++) {
    if (sql[at] === '(') depth += 1;
    if (sql[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** The arguments between brackets, divided at commas outside of inner brackets. */
function argumentsOf(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] === ',' && depth === 0) {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...found, text.slice(from).trim()];
}

const CONDITIONAL_ALL = '$__conditionalAll';

function applyConditionalAll(sql: string, variables: VariableValues): string {
  const at = sql.lastIndexOf(`${CONDITIONAL_ALL}(`);
  if (at < 0) return sql;
  const open = at + CONDITIONAL_ALL.length;
  const close = closingBracket(sql, open);
  const [condition, named, ...rest] = argumentsOf(sql.slice(open + 1, close));
  if (close < 0 || condition === undefined || named === undefined || rest.length > 0) {
    throw new Error(`${CONDITIONAL_ALL} takes a condition and a variable: ${sql.slice(at)}`);
  }
  const value = variables[named.replace(/^\$/, '')];
  const retained = value?.all === true || value?.chosen === '' ? '1=1' : condition;
  return applyConditionalAll(sql.slice(0, at) + retained + sql.slice(close + 1), variables);
}

const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

function formatted(value: VariableValue, format: string | undefined): string {
  const values = typeof value.chosen === 'string' ? [value.chosen] : value.chosen;
  if (format === 'sqlstring') return values.map(quoted).join(',');
  if (format !== undefined && format !== 'raw') throw new Error(`No format ${format} in SQL.`);
  if (typeof value.chosen === 'string') return value.chosen;
  return format === 'raw' ? values.join(',') : `'${values.join("','")}'`;
}

const REFERENCE = /\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)/g;

/** @throws Error on a variable that has no value: Grafana would leave its name in the SQL. */
function interpolateVariables(sql: string, variables: VariableValues): string {
  return sql.replace(REFERENCE, (reference, braced, format, bare) => {
    const value = variables[braced ?? bare];
    if (value === undefined) throw new Error(`${reference} has no value.`);
    return formatted(value, format);
  });
}

type Macro = (context: QueryContext, args: readonly string[]) => string;

const dateTime = (seconds: number) => `toDateTime(${Math.floor(seconds)})`;
const wholeSeconds = (seconds: number) => Math.max(1, Math.floor(seconds));

function one(name: string, args: readonly string[]): string {
  const [only, ...rest] = args;
  if (only === undefined || only === '' || rest.length > 0) {
    throw new Error(`$__${name} takes one argument, not ${args.length}.`);
  }
  return only;
}

const MACROS: Readonly<Record<string, Macro>> = {
  fromTime: ({ range }) => dateTime(range.from),
  toTime: ({ range }) => dateTime(range.to),
  timeFilter: ({ range }, args) => {
    const column = one('timeFilter', args);
    return `${column} >= ${dateTime(range.from)} AND ${column} <= ${dateTime(range.to)}`;
  },
  timeInterval: ({ intervalSeconds }, args) => {
    const column = one('timeInterval', args);
    return `toStartOfInterval(toDateTime(${column}), INTERVAL ${wholeSeconds(intervalSeconds)} second)`;
  },
  interval_s: ({ intervalSeconds }) => String(wholeSeconds(intervalSeconds)),
};

const MACRO = /\$__(\w+)/;

/** @throws Error on a macro that is not known here, has wrong arguments or an open bracket. */
function applyMacros(sql: string, context: QueryContext): string {
  const match = MACRO.exec(sql);
  if (match === null) return sql;
  const [token, name = ''] = match;
  const macro = MACROS[name];
  if (macro === undefined) throw new Error(`No macro ${token}.`);
  const after = match.index + token.length;
  const close = sql[after] === '(' ? closingBracket(sql, after) : after - 1;
  if (close < 0) throw new Error(`The bracket after ${token} never closes.`);
  const args = close < after ? [] : argumentsOf(sql.slice(after + 1, close));
  const expanded = sql.slice(0, match.index) + macro(context, args) + sql.slice(close + 1);
  return applyMacros(expanded, context);
}

/** The SQL that ClickHouse gets; throws on whatever Grafana or the plugin would not replace. */
export function expandSql(sql: string, context: QueryContext): string {
  const conditioned = applyConditionalAll(sql, context.variables);
  return applyMacros(interpolateVariables(conditioned, context.variables), context);
}
