/** What is said against a policy beside its schema: an error makes a part of it meaningless, a warning surprises. */
export interface Lint {
  readonly level: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly expected: string;
}
