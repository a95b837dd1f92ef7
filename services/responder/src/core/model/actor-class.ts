/** The class table by class; no class: the strictest row. */
import { type ActorClass, SHIPPED_CLASSES } from '@waywarden/schemas';

function isActorClass(name: string): name is ActorClass {
  return Object.hasOwn(SHIPPED_CLASSES, name);
}

export function actorClassOf(name: string): ActorClass {
  return isActorClass(name) ? name : 'unknown';
}
