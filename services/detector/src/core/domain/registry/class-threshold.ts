import { type ActorClass, type ClassRow, SHIPPED_CLASSES } from '@waywarden/schemas';

export function thresholdOf(
  row: ClassRow,
  cls: ActorClass,
  ...fields: readonly (keyof ClassRow)[]
): 'static' | 'operator' {
  const shipped = SHIPPED_CLASSES[cls];
  return fields.every((field) => row[field] === shipped[field]) ? 'static' : 'operator';
}
