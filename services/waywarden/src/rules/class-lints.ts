/**
 * What the class table says in words that nothing judges by: a breadth, an approval or a step-up that no
 * rule knows is taken, shown, and decides nothing, which whoever misspelt it should hear.
 */
import {
  APPROVAL_SCOPES,
  APPROVALS,
  CAPABILITY_SYMBOLS,
  CREDENTIAL_BREADTHS,
  didYouMean,
  EFFECTS,
  matchesGrant,
  type Policy,
} from '@waywarden/schemas';

type Row = NonNullable<Policy['classes']['autonomous']>;
type RowFields = Pick<Row, 'approval' | 'breadth' | 'step_up'>;

const STEP_UPS: readonly string[] = [...EFFECTS, ...APPROVAL_SCOPES, ...CAPABILITY_SYMBOLS];

function unknownWord(
  word: string | undefined,
  known: readonly string[],
  path: Lint['path'],
): readonly Lint[] {
  if (word === undefined || known.includes(word)) return [];
  const expected = `one of ${known.join(', ')}${didYouMean(word, known)}: this decides nothing`;
  return [{ level: 'warning', path, expected }];
}

function rowLints({ approval, breadth, step_up: named = [] }: RowFields, path: Lint['path']) {
  const unknown = named.flatMap((word, n): readonly Lint[] => {
    if (STEP_UPS.includes(word)) return [];
    if (CAPABILITY_SYMBOLS.some((symbol) => matchesGrant(word, symbol))) return [];
    const expected = `an effect, a capability or a scope of approval_for${didYouMean(word, STEP_UPS)}`;
    return [{ level: 'warning', path: [...path, 'step_up', n], expected }];
  });
  return [
    ...unknownWord(approval, APPROVALS, [...path, 'approval']),
    ...unknownWord(breadth, CREDENTIAL_BREADTHS, [...path, 'breadth']),
    ...unknown,
  ];
}

export function classLints({ classes }: Policy): readonly Lint[] {
  return Object.entries(classes).flatMap(([cls, row]) => {
    if (row === undefined) return [];
    const { environments = {} } = row;
    return [
      ...rowLints(row, ['classes', cls]),
      ...Object.entries(environments).flatMap(([name, there]) =>
        rowLints(there, ['classes', cls, 'environments', name]),
      ),
    ];
  });
}

/** What is said against a policy beside its schema: an error makes a part of it meaningless, a warning surprises. */
export interface Lint {
  readonly level: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly expected: string;
}
