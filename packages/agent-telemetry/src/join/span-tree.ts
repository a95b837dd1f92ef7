/** The span tree of one group; parents may come later, or never. */
import type { AgentLabel, Observation } from '../model/observation.ts';

/** A cycle ends there too. */
export const CLIMB_MAX = 256;

export interface SpanNode {
  readonly key: string;
  parent: string | undefined;
  trace: string;
  name: string | undefined;
  label: string | undefined;
  agent: AgentLabel | undefined;
  isRun: boolean;
  hasCall: boolean;
  delegatesTo: AgentLabel | undefined;
}

export function spanKey({ place }: Observation): string | undefined {
  return place?.span === undefined ? undefined : `${place.trace}|${place.span}`;
}

function parentKey({ place }: Observation): string | undefined {
  return place?.parent === undefined ? undefined : `${place.trace}|${place.parent}`;
}

export class SpanTree {
  readonly nodes = new Map<string, SpanNode>();
  readonly #children = new Map<string, string[]>();

  constructor(observations: readonly Observation[], isPlaceholder: (name: string) => boolean) {
    const steps = new Map<string, string | undefined>();
    for (const one of observations) {
      // Only spans describe themselves.
      if (one.channel !== 'span') continue;
      const node = this.#add(one);
      if (node?.parent !== undefined && one.isStep === true) steps.set(node.parent, one.label);
    }
    for (const node of this.nodes.values()) {
      if (node.parent === undefined) continue;
      const siblings = this.#children.get(node.parent);
      if (siblings === undefined) this.#children.set(node.parent, [node.key]);
      else siblings.push(node.key);
    }
    this.#nameRuns(steps, isPlaceholder);
  }

  #add(one: Observation): SpanNode | undefined {
    const key = spanKey(one);
    if (key === undefined) return undefined;
    const node: SpanNode = this.nodes.get(key) ?? {
      key,
      parent: undefined,
      trace: one.place?.trace ?? '',
      name: undefined,
      label: undefined,
      agent: undefined,
      isRun: false,
      hasCall: false,
      delegatesTo: undefined,
    };
    this.nodes.set(key, node);
    node.parent ??= parentKey(one);
    node.name ??= one.name;
    node.label ??= one.label;
    node.agent ??= one.agent;
    node.hasCall ||= one.call?.stage === 'executed';
    node.delegatesTo ??= one.call?.delegatesTo;
    if (one.isAgentRun === true && one.agent !== undefined) {
      node.isRun = true;
      node.agent = one.agent;
    }
    return node;
  }

  /** Its parent is the agent's run. */
  #nameRuns(
    runs: ReadonlyMap<string, string | undefined>,
    isPlaceholder: (name: string) => boolean,
  ): void {
    for (const [key, below] of runs) {
      const node = this.nodes.get(key);
      if (node === undefined) continue;
      const inherited = this.climb(node.key, CLIMB_MAX).find(
        ({ label }) => label !== undefined,
      )?.label;
      const label = node.label ?? below;
      const named = node.isRun ? node.agent?.name : node.name;
      const own = label !== undefined && label !== inherited ? label : named;
      if (own === undefined || isPlaceholder(own)) continue;
      node.isRun = true;
      node.agent = { name: own };
    }
  }

  /** As far as known. */
  path(key: string): readonly SpanNode[] {
    const node = this.nodes.get(key);
    return node === undefined ? [] : [node, ...this.climb(node.key, CLIMB_MAX)];
  }

  climb(key: string, max: number): readonly SpanNode[] {
    const path: SpanNode[] = [];
    let at = this.nodes.get(key)?.parent;
    while (at !== undefined && path.length < max) {
      const node = this.nodes.get(at);
      if (node === undefined) break;
      path.push(node);
      at = node.parent;
    }
    return path;
  }

  nearestRun(key: string): AgentLabel | undefined {
    return this.climb(key, CLIMB_MAX).find(({ isRun }) => isRun)?.agent;
  }

  children(key: string): readonly SpanNode[] {
    return (this.#children.get(key) ?? []).flatMap((child) => this.nodes.get(child) ?? []);
  }

  isRooted(key: string): boolean {
    const path = this.path(key);
    return path.length > 0 && path.at(-1)?.parent === undefined;
  }

  runs(key: string, own: ReadonlySet<string> = new Set([key])): readonly AgentLabel[] {
    return this.path(key).flatMap((node) => {
      if (node.isRun && node.agent !== undefined) return [node.agent];
      const starts = node.hasCall && !own.has(node.key) ? node.delegatesTo : undefined;
      return starts === undefined ? [] : [starts];
    });
  }

  /** Not inside its calls. */
  runBelow(key: string): AgentLabel | undefined {
    const queue = [...this.children(key)];
    for (let looked = 0; queue.length > 0 && looked < CLIMB_MAX; looked += 1) {
      const node = queue.shift();
      if (node === undefined) break;
      if (node.isRun && node.agent !== undefined) return node.agent;
      if (!node.hasCall) queue.push(...this.children(node.key));
    }
    return undefined;
  }
}
