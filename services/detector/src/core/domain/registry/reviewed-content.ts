/** What a risk review covered, else what the registry said then. */
import type { RegistryAgent } from '@waywarden/schemas';

export interface ReviewedContent {
  readonly by: string;
  readonly at: string;
  readonly class: string;
  readonly grants: readonly string[] | null;
  readonly tools: readonly string[] | null;
}

export function reviewedContent(agent: RegistryAgent): ReviewedContent | undefined {
  const review = agent.risk_review;
  if (review === undefined) return undefined;
  return {
    by: review.by,
    at: review.at,
    class: review.reviewed?.class ?? agent.class,
    grants: review.reviewed?.grants ?? agent.grants ?? null,
    tools: review.reviewed?.tools ?? agent.profile?.tools ?? null,
  };
}
