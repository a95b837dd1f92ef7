/** Why nobody may say that a contained subject is stopped. */
export type WhyUntied =
  | 'no_task'
  | 'other_task'
  | 'no_instance'
  | 'no_conversation'
  | 'no_credential'
  | 'no_tool'
  | 'unknown_outcome'
  | 'under_way'
  | 'late_record'
  | 'claimed_approved';
