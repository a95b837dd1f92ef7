/** Pixels of the picture: from lanes and columns to the graph library's nodes and edges. */
import type { Edge, Node } from '@xyflow/react';
import type { Lane, Picture, PictureCall, PictureLink } from '../../core/view-model.ts';

const HEAD_WIDTH = 196;
const COLUMN_WIDTH = 196;
const CALL_WIDTH = 152;
const CALL_HEIGHT = 62;
const LANE_HEIGHT = 96;
const CUT_WIDTH = 112;
const GAP = (COLUMN_WIDTH - CALL_WIDTH) / 2;

export type LaneNode = Node<{ readonly lane: Lane }, 'lane'>;
export type CallNode = Node<{ readonly call: PictureCall }, 'call'>;
export type CutNode = Node<{ readonly text: string; readonly done: boolean }, 'cut'>;
export type FlowEdge = Edge<{ readonly link: PictureLink }, 'flow'>;

export interface Places {
  readonly nodes: (LaneNode | CallNode | CutNode)[];
  readonly edges: FlowEdge[];
  readonly width: number;
  readonly height: number;
}

const FIXED = {
  draggable: false,
  connectable: false,
  selectable: false,
  deletable: false,
} as const;

/** The column after the proof, where the cut stands; calls after it move right. */
function cutColumn(picture: Picture): number {
  const proof = picture.calls.filter((call) => call.role === 'proof' || call.role === 'connecting');
  return Math.max(0, ...proof.map((call) => call.column)) + 1;
}

function callNodes(
  picture: Picture,
  laneOf: ReadonlyMap<string, number>,
  shift: (column: number) => number,
): CallNode[] {
  return picture.calls.map((call) => ({
    ...FIXED,
    id: call.event_id,
    type: 'call',
    position: {
      x: HEAD_WIDTH + call.column * COLUMN_WIDTH + GAP + shift(call.column),
      y: (laneOf.get(call.agent_uid) ?? 0) * LANE_HEIGHT + (LANE_HEIGHT - CALL_HEIGHT) / 2,
    },
    width: CALL_WIDTH,
    height: CALL_HEIGHT,
    zIndex: 2,
    ariaLabel: `${call.agent_uid} ${call.symbol} ${call.role}`,
    data: { call },
  }));
}

function cutNodes(picture: Picture, column: number): CutNode[] {
  return picture.lanes.flatMap((lane, at) =>
    lane.cut.slice(0, 1).map((cut) => ({
      ...FIXED,
      id: `cut/${lane.agent_uid}`,
      type: 'cut' as const,
      position: {
        x: HEAD_WIDTH + column * COLUMN_WIDTH,
        y: at * LANE_HEIGHT + (LANE_HEIGHT - CALL_HEIGHT) / 2,
      },
      width: CUT_WIDTH,
      height: CALL_HEIGHT,
      zIndex: 2,
      data: cut,
    })),
  );
}

export function placesOf(picture: Picture): Places {
  const laneOf = new Map(picture.lanes.map((lane, at) => [lane.agent_uid, at]));
  const column = cutColumn(picture);
  const hasCut = picture.lanes.some((lane) => lane.cut.length > 0);
  const shift = (at: number) => (hasCut && at >= column ? CUT_WIDTH : 0);
  const width = HEAD_WIDTH + picture.columns * COLUMN_WIDTH + (hasCut ? CUT_WIDTH : 0);
  const height = picture.lanes.length * LANE_HEIGHT;
  const lanes: LaneNode[] = picture.lanes.map((lane, at) => ({
    ...FIXED,
    id: `lane/${lane.agent_uid}`,
    type: 'lane',
    position: { x: 0, y: at * LANE_HEIGHT },
    width,
    height: LANE_HEIGHT,
    zIndex: 0,
    focusable: false,
    data: { lane },
  }));
  const drawn = new Set(picture.calls.map((call) => call.event_id));
  const edges: FlowEdge[] = picture.links
    .filter((link) => drawn.has(link.from) && drawn.has(link.to))
    .map((link) => ({
      id: `${link.from}/${link.to}/${link.via}`,
      type: 'flow',
      source: link.from,
      target: link.to,
      zIndex: 1,
      focusable: false,
      ariaLabel: `${link.label} leads from one call to the next`,
      data: { link },
    }));
  return {
    nodes: [...lanes, ...callNodes(picture, laneOf, shift), ...cutNodes(picture, column)],
    edges,
    width,
    height,
  };
}
