/**
 * The picture of an assembly: lanes of agents, calls in causal order, arrows named by what flows, the
 * proof in the one accent color. It scales down to the place it has, and scrolls when that would
 * make it too small to read; nothing in it can be dragged, since its places mean something.
 */
import { useElementSize } from '@mantine/hooks';
import { ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { LaneCut, OtherFinishers, Picture } from '../../core/picture-model.ts';
import { plural } from '../../core/words.ts';
import { Mark } from '../parts/mark.tsx';
import { Agent, Capability } from '../parts/terms.tsx';
import { AsideView, CallView, CutView, FlowView, LaneView } from './picture-nodes.tsx';
import { placesOf } from './picture-places.ts';

const NODES = { lane: LaneView, call: CallView, cut: CutView, aside: AsideView };
const EDGES = { flow: FlowView };
/** Smaller than this is not readable; then it scrolls. */
const SCALE_MIN = 0.72;

const ARROWS = ['proof-arrow', 'aside-arrow'];

function ArrowHeads() {
  return (
    <svg width="0" height="0" className="arrow-head" aria-hidden="true">
      <defs>
        {ARROWS.map((id) => (
          <marker
            key={id}
            id={id}
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
        ))}
      </defs>
    </svg>
  );
}

const CUT_WORDS: Readonly<Record<LaneCut['state'], string>> = {
  possible: 'What to revoke, not ordered:',
  ordered: 'What to revoke, ordered and not applied yet:',
  applied: 'What to revoke, applied and not confirmed yet:',
  confirmed: 'What to revoke, done and confirmed:',
  failed: 'What to revoke, ordered and did not hold:',
};

/** Others that are granted the last step: a cut stops one agent and not the work. */
function Others({ others }: { readonly others: OtherFinishers | null }) {
  if (others === null) return null;
  const { symbol, agents, more, unknown } = others;
  return (
    <li>
      <Mark shape="info" />{' '}
      {agents.length === 0 ? (
        <>
          By the registry nobody else is granted <Capability symbol={symbol} />
        </>
      ) : (
        <>
          Also granted <Capability symbol={symbol} /> by the registry:{' '}
          {agents.map((one, at) => (
            <span key={one.agent_uid}>
              {at > 0 && ', '}
              <Agent uid={one.agent_uid} />
              {one.workflows.length > 0 && (
                <span className="quiet"> in {one.workflows.join(', ')}</span>
              )}
            </span>
          ))}
        </>
      )}
      {more > 0 && <span className="quiet"> and {plural(more, 'more agent')}</span>}
      {unknown > 0 && (
        <span className="quiet">; what {plural(unknown, 'agent')} may do is not known</span>
      )}
    </li>
  );
}

/** The cut with what it stops and breaks, and what is left behind: the picture's second sentence. */
function Consequences({ picture }: { readonly picture: Picture }) {
  const cuts = picture.lanes.flatMap((lane) => lane.cut);
  return (
    <ul className="consequences">
      {cuts.map((cut) => (
        <li key={cut.text}>
          <Mark shape={cut.state === 'possible' ? 'cut' : 'lock'} /> {CUT_WORDS[cut.state]}{' '}
          <b>{cut.text}</b>
          <span className="quiet">
            {' '}
            stops {cut.stops}; breaks {cut.breaks}
          </span>
        </li>
      ))}
      {picture.residual.map((left) => (
        <li key={`${left.what}/${left.by}`}>
          <Mark shape="warning" /> What is left to undo, by {left.by}: {left.what}
          {left.neutralise !== '' && <b> → {left.neutralise}</b>}
        </li>
      ))}
      <Others others={picture.others} />
    </ul>
  );
}

export function AssemblyPicture({ picture }: { readonly picture: Picture }) {
  const { ref, width: room } = useElementSize();
  const { nodes, edges, width, height } = useMemo(() => placesOf(picture, room), [picture, room]);
  const zoom = room === 0 ? 1 : Math.min(1, Math.max(SCALE_MIN, room / width));
  return (
    <figure className="picture">
      <ArrowHeads />
      <section
        ref={ref}
        className="picture-room"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must be able to.
        tabIndex={0}
        aria-label="The picture, which scrolls"
      >
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
            proOptions={{ hideAttribution: true }}
            aria-label="Agents, their calls and what flowed between them"
          />
        </div>
      </section>
      <figcaption className="quiet">
        <span className="proof-word">The proof</span> is in this color; all else that this work did
        is grey, dots are its other calls
        {picture.links.some((link) => !link.in_proof) &&
          ', and a dashed arrow leads from where a value stood before'}
        .{picture.lanes_folded > 0 && ` ${plural(picture.lanes_folded, 'more agent')} not drawn.`}
      </figcaption>
      <Consequences picture={picture} />
    </figure>
  );
}
