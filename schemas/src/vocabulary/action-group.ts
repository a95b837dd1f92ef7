/**
 * What a request, a passage or a tool does, in thirteen groups. Closed, because the detector matches
 * a passage's verb to a tool by group and never sees the verb. Groups, not verbs, so that "transfer"
 * in a mail still matches `send_money`, and so that another language adds words and not groups.
 */
export const ACTION_GROUPS = [
  'send',
  'pay',
  'create',
  'delete',
  'update',
  'reserve',
  'invite',
  'share',
  'post',
  'append',
  'schedule',
  'cancel',
  'read',
] as const;

export type ActionGroup = (typeof ACTION_GROUPS)[number];
