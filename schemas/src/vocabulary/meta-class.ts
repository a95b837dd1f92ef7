/**
 * What marks text as talking to the agent about its work instead of talking about the world. A
 * record rarely does any of it; planted text usually does two or more, so the count of distinct
 * classes is the strength of a passage.
 */
export const META_CLASSES = [
  'addresses_ai',
  'override',
  'task_talk',
  'urgent',
  'covert',
  'tag',
  'todo',
] as const;

export type MetaClass = (typeof META_CLASSES)[number];
