/** What a source of the tenant was seen to send, as ingest counts it. */
export interface SeenSource {
  readonly source: string;
  readonly last: string | null;
  readonly requests: number;
  readonly observations: number;
  readonly calls: number;
  readonly last_problem: { readonly at: string; readonly detail: string } | null;
}
