/**
 * The picture of an assembly: lanes of agents, calls in causal order, arrows named by what flows, the
 * proof in the one accent color. It scales down to the place it has, and scrolls when that would
 * make it too small to read; nothing in it can be dragged, since its places mean something.
 */
import { useElementSize } from '@mantine/hooks';
import { ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { Picture } from '../../core/view-model.ts';
import { plural } from '../../core/words.ts';
import { CallView, CutView, FlowView, LaneView } from './picture-nodes.tsx';
import { placesOf } from './picture-places.ts';

const NODES = { lane: LaneView, call: CallView, cut: CutView };
const EDGES = { flow: FlowView };
/** Smaller than this is not readable; then it scrolls. */
const SCALE_MIN = 0.72;

function ArrowHead() {
  return (
    <svg width="0" height="0" className="arrow-head" aria-hidden="true">
      <defs>
        <marker
          id="proof-arrow"
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerWidth="10"
          markerHeight="10"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 10 5 0 10Z" />
        </marker>
      </defs>
    </svg>
  );
}

function Residual({ picture }: { readonly picture: Picture }) {
  if (picture.residual.length === 0) return null;
  return (
    <ul className="residual">
      {picture.residual.map((left) => (
        <li key={`${left.what}/${left.by}`}>
          Left behind by {left.by}: {left.what}
          {left.neutralise !== '' && <span className="quiet"> → {left.neutralise}</span>}
        </li>
      ))}
    </ul>
  );
}

export function AssemblyPicture({ picture }: { readonly picture: Picture }) {
  const { ref, width: room } = useElementSize();
  const { nodes, edges, width, height } = useMemo(() => placesOf(picture), [picture]);
  const zoom = room === 0 ? 1 : Math.min(1, Math.max(SCALE_MIN, room / width));
  return (
    <figure className="picture">
      <ArrowHead />
      <div ref={ref} className="picture-room">
        <div
          className="picture-paper"
          style={{ width: Math.max(width * zoom, room), height: height * zoom }}
        >
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={NODES}
            edgeTypes={EDGES}
            viewport={{ x: 0, y: 0, zoom }}
            minZoom={SCALE_MIN}
            maxZoom={1}
            nodesDraggable={false}
            nodesConnectable={false}
            elementsSelectable={false}
            panOnDrag={false}
            panOnScroll={false}
            zoomOnScroll={false}
            zoomOnPinch={false}
            zoomOnDoubleClick={false}
            preventScrolling={false}
            aria-label="Agents, their calls and what flowed between them"
          />
        </div>
      </div>
      <figcaption className="quiet">
        <span className="proof-word">The proof</span> is in this color; all else is grey.
        {picture.lanes_folded > 0 && ` ${plural(picture.lanes_folded, 'more agent')} not drawn.`}
        <Residual picture={picture} />
      </figcaption>
    </figure>
  );
}
