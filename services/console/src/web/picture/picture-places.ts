/** Pixels of the picture: from lanes and columns to the graph library's nodes and edges. */
import type { Edge, Node } from '@xyflow/react';
import type {
  Lane,
  LaneCut,
  Picture,
  PictureAside,
  PictureCall,
  PictureLink,
} from '../../core/picture-model.ts';

const HEAD_WIDTH = 184;
/** A column is as wide as there is room for, within these. */
const COLUMN_WIDTH = { min: 174, max: 290 } as const;
const CALL_WIDTH = 146;
/** A long name takes a second line. */
const CALL_HEIGHT = 76;
/** Between two calls of one lane, for the words on the arrow. */
const WORDS_WIDTH = 84;
/** A lane with calls of its own, and one in which only other work was seen. */
const LANE_HEIGHT = { full: 122, aside: 78, line: 30 } as const;
/** With more lanes of other work than these each is one line: the proof is what the picture is about. */
const ASIDE_LANES_MAX = 3;
/** A strip at the foot of a lane, for what is no part of the proof. */
const FOOT_HEIGHT = 22;
const ASIDE_WIDTH = 170;
const CUT_WIDTH = 108;

export type LaneNode = Node<{ readonly lane: Lane; readonly isLine: boolean }, 'lane'>;
export type CallNode = Node<{ readonly call: PictureCall }, 'call'>;
export type CutNode = Node<{ readonly cut: LaneCut }, 'cut'>;
export type AsideNode = Node<{ readonly aside: PictureAside }, 'aside'>;
export type FlowEdge = Edge<{ readonly link: PictureLink }, 'flow'>;

interface Places {
  readonly nodes: (LaneNode | CallNode | CutNode | AsideNode)[];
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

interface LanePlace {
  readonly top: number;
  readonly height: number;
}

interface Grid {
  readonly lanes: ReadonlyMap<string, LanePlace>;
  readonly columnWidth: number;
  /** Left edge of a column. */
  readonly left: (column: number) => number;
  /** Left edge of the place for cuts. */
  readonly cut: number;
  readonly width: number;
}

function lanePlaces(picture: Picture): ReadonlyMap<string, LanePlace> {
  const withCalls = new Set(picture.calls.map((call) => call.agent_uid));
  const isFull = ({ agent_uid: uid, cut }: Lane) => withCalls.has(uid) || cut.length > 0;
  const asides = picture.lanes.filter((lane) => !isFull(lane)).length;
  const aside = asides > ASIDE_LANES_MAX ? LANE_HEIGHT.line : LANE_HEIGHT.aside;
  const places = new Map<string, LanePlace>();
  let top = 0;
  for (const lane of picture.lanes) {
    const { agent_uid: uid } = lane;
    const height = isFull(lane) ? LANE_HEIGHT.full : aside;
    places.set(uid, { top, height });
    top += height;
  }
  return places;
}

const NOWHERE: LanePlace = { top: 0, height: LANE_HEIGHT.full };
const placeOf = (grid: Grid, uid: string): LanePlace => grid.lanes.get(uid) ?? NOWHERE;

/** Columns that need room before them, because an arrow comes from the same lane's last column. */
function wordsBefore({ calls, links }: Picture): ReadonlySet<number> {
  const callOf = new Map(calls.map((call) => [call.event_id, call]));
  const found = links.flatMap((link) => {
    const [from, to] = [callOf.get(link.from), callOf.get(link.to)];
    if (from === undefined || to === undefined || from.agent_uid !== to.agent_uid) return [];
    return to.column === from.column + 1 ? [to.column] : [];
  });
  return new Set(found);
}

function gridOf(picture: Picture, room: number): Grid {
  const column = cutColumn(picture);
  const cutWidth = picture.lanes.some((lane) => lane.cut.length > 0) ? CUT_WIDTH : 0;
  const words = [...wordsBefore(picture)];
  const extra = cutWidth + words.length * WORDS_WIDTH;
  const fits = (room - HEAD_WIDTH - extra) / Math.max(1, picture.columns);
  const columnWidth = Math.floor(Math.min(COLUMN_WIDTH.max, Math.max(COLUMN_WIDTH.min, fits)));
  const before = (at: number) =>
    HEAD_WIDTH + at * columnWidth + words.filter((one) => one <= at).length * WORDS_WIDTH;
  return {
    lanes: lanePlaces(picture),
    columnWidth,
    left: (at) => before(at) + (at >= column ? cutWidth : 0),
    cut: before(column),
    width: HEAD_WIDTH + picture.columns * columnWidth + extra,
  };
}

const callTop = ({ top, height }: LanePlace): number =>
  top + (height - FOOT_HEIGHT - CALL_HEIGHT) / 2 + 5;

function callNodes(picture: Picture, grid: Grid): CallNode[] {
  return picture.calls.map((call) => ({
    ...FIXED,
    id: call.event_id,
    type: 'call',
    position: {
      x: grid.left(call.column) + (grid.columnWidth - CALL_WIDTH) / 2,
      y: callTop(placeOf(grid, call.agent_uid)),
    },
    width: CALL_WIDTH,
    height: CALL_HEIGHT,
    zIndex: 2,
    focusable: false,
    ariaLabel: `${call.agent_uid}: ${call.symbol}`,
    data: { call },
  }));
}

/** One cut a lane: the first is the one that stops its agent. */
function cutNodes(picture: Picture, grid: Grid): CutNode[] {
  return picture.lanes.flatMap((lane) =>
    lane.cut.slice(0, 1).map((cut) => ({
      ...FIXED,
      id: `cut/${lane.agent_uid}`,
      type: 'cut' as const,
      position: { x: grid.cut, y: callTop(placeOf(grid, lane.agent_uid)) },
      width: CUT_WIDTH,
      height: CALL_HEIGHT,
      zIndex: 2,
      focusable: false,
      data: { cut },
    })),
  );
}

function asideNodes(picture: Picture, grid: Grid): AsideNode[] {
  const footTop = ({ top, height }: LanePlace) =>
    height === LANE_HEIGHT.full ? top + height - FOOT_HEIGHT : top + (height - FOOT_HEIGHT) / 2;
  return picture.asides.map((aside) => ({
    ...FIXED,
    id: `aside/${aside.agent_uid}/${aside.before}`,
    type: 'aside',
    position: {
      x: grid.left(aside.before) + 8,
      y: footTop(placeOf(grid, aside.agent_uid)),
    },
    width: ASIDE_WIDTH,
    height: FOOT_HEIGHT,
    zIndex: 1,
    focusable: false,
    data: { aside },
  }));
}

function laneNodes(picture: Picture, grid: Grid, width: number): LaneNode[] {
  return picture.lanes.map((lane) => ({
    ...FIXED,
    id: `lane/${lane.agent_uid}`,
    type: 'lane',
    position: { x: 0, y: placeOf(grid, lane.agent_uid).top },
    width,
    height: placeOf(grid, lane.agent_uid).height,
    zIndex: 0,
    focusable: false,
    data: { lane, isLine: placeOf(grid, lane.agent_uid).height === LANE_HEIGHT.line },
  }));
}

function flowEdges(picture: Picture): FlowEdge[] {
  const drawn = new Set(picture.calls.map((call) => call.event_id));
  return picture.links
    .filter((link) => drawn.has(link.from) && drawn.has(link.to))
    .map((link) => ({
      id: `${link.from}/${link.to}/${link.via}`,
      type: 'flow',
      source: link.from,
      target: link.to,
      zIndex: 1,
      ...(link.in_proof ? {} : { className: 'edge-aside' }),
      focusable: false,
      ariaLabel: `${link.label} leads from one call to the next`,
      data: { link },
    }));
}

/** `room`: pixels of width that there are; the picture is at least as wide as its columns need. */
export function placesOf(picture: Picture, room: number): Places {
  const grid = gridOf(picture, room);
  const width = Math.max(grid.width, room);
  return {
    nodes: [
      ...laneNodes(picture, grid, width),
      ...callNodes(picture, grid),
      ...cutNodes(picture, grid),
      ...asideNodes(picture, grid),
    ],
    edges: flowEdges(picture),
    width: grid.width,
    height: [...grid.lanes.values()].reduce((sum, place) => sum + place.height, 0),
  };
}
