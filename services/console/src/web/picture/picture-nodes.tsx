/** What stands in the picture: an agent's lane, a call, a cut, and the arrow between two calls. */
import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  type NodeProps,
  Position,
} from '@xyflow/react';
import { Fragment } from 'react';
import { actionVerb } from '../../core/words.ts';
import { clock } from '../data/times.ts';
import { Mark } from '../parts/mark.tsx';
import { Agent, Capability } from '../parts/terms.tsx';
import type { AsideNode, CallNode, CutNode, FlowEdge, LaneNode } from './picture-places.ts';

/** As many as a lane has room for; those that were used come first. */
const GRANTS_SHOWN = 4;
const WIDTH_MIN = 1.2;
const WIDTH_PER_STRENGTH = 2;

export function LaneView({ data: { lane, isLine } }: NodeProps<LaneNode>) {
  const { granted } = lane;
  if (isLine) {
    return (
      <div className="lane">
        <div className="lane-head lane-line">
          <Agent uid={lane.agent_uid} />
        </div>
      </div>
    );
  }
  const more = granted === null ? 0 : granted.length - GRANTS_SHOWN;
  return (
    <div className="lane">
      <div className="lane-head">
        <div>
          <Agent uid={lane.agent_uid} />
          {lane.completes && <span className="proof-word"> completed it</span>}
        </div>
        <div className="quiet">
          {[lane.plane, lane.class?.replaceAll('_', ' ')].filter((one) => one).join(' · ')}
        </div>
        <div className="lane-grants" title={granted?.join(', ')}>
          {granted === null ? (
            <span className="quiet">grant not known</span>
          ) : (
            <span className="quiet">granted </span>
          )}
          {granted?.slice(0, GRANTS_SHOWN).map((one) => (
            <Capability key={one} symbol={one} />
          ))}
          {more > 0 && <span className="quiet"> and {more} more</span>}
        </div>
      </div>
    </div>
  );
}

/** What a call is beside its step, in words on its upper edge. */
const TAGS: Readonly<Record<string, string>> = {
  denied: 'denied',
  leaked: 'went through',
  connecting: 'passed it on',
  origin: 'outside text',
};

/** May be broken after its marks. */
function Breakable({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[/_:.-])/);
  let at = 0;
  return parts.map((part) => {
    at += part.length;
    return (
      <Fragment key={at}>
        {part}
        <wbr />
      </Fragment>
    );
  });
}

/** `erp/create_payee`: the tool, and its server. */
function partsOf(tool: string): { readonly server: string; readonly name: string } {
  const at = tool.indexOf('/');
  return at === -1
    ? { server: '', name: tool }
    : { server: tool.slice(0, at), name: tool.slice(at + 1) };
}

export function CallView({ data: { call } }: NodeProps<CallNode>) {
  const isProof = call.role === 'proof' || call.role === 'connecting';
  const { server, name } = partsOf(call.tool);
  const tag = call.completing ? 'completed it' : TAGS[call.role];
  return (
    <div
      title={`${call.symbol} by ${call.tool}, ${call.at}`}
      className={`call call-${call.role} ${isProof ? 'call-in-proof' : ''} ${call.completing ? 'call-completing' : ''}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {call.step !== null && <span className="step">{call.step}</span>}
      {tag !== undefined && (
        <div className={call.completing ? 'call-tag completed-tag' : 'call-tag'}>{tag}</div>
      )}
      <div className="call-symbol">
        <Breakable text={call.symbol} />
      </div>
      <div className="call-tool">
        <Breakable text={name} />
      </div>
      <div className="call-when">
        {clock(call.at)} <span className="quiet">{server}</span>
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const CUT_STATES: Readonly<Record<string, string>> = {
  possible: 'not ordered',
  ordered: 'ordered',
  applied: 'applied',
  confirmed: 'applied',
  failed: 'did not hold',
};

/** Seen between two calls of the proof, and no part of it. */
export function AsideView({ data: { aside } }: NodeProps<AsideNode>) {
  const [symbol] = aside.symbols;
  const more = aside.symbols.length > 1 ? ' and others' : '';
  const often = aside.calls > 1 ? ` ×${aside.calls}` : '';
  return (
    <div className="aside" title={aside.symbols.join(', ')}>
      <span className="aside-dot" aria-hidden="true" />
      {symbol}
      {more}
      {often}
    </div>
  );
}

/** Scissors where it could be cut, a lock where it was. */
export function CutView({ data: { cut } }: NodeProps<CutNode>) {
  return (
    <div className={`cut cut-${cut.state}`} title={cut.text}>
      <Mark shape={cut.state === 'possible' ? 'cut' : 'lock'} />
      <span>
        {actionVerb(cut.action)}
        <br />
        <b>{CUT_STATES[cut.state]}</b>
      </span>
    </div>
  );
}

export function FlowView({ data, ...edge }: EdgeProps<FlowEdge>) {
  const [path, x, y] = getBezierPath({ ...edge, curvature: 0.35 });
  const strength = data?.link.strength ?? 0;
  const inProof = data?.link.in_proof !== false;
  const width = WIDTH_MIN + WIDTH_PER_STRENGTH * strength;
  return (
    <>
      <BaseEdge
        path={path}
        markerEnd={inProof ? 'url(#proof-arrow)' : 'url(#aside-arrow)'}
        style={{ strokeWidth: width }}
      />
      <EdgeLabelRenderer>
        <div
          className={inProof ? 'flow-label' : 'flow-label flow-label-aside'}
          title={
            inProof
              ? `${data?.link.via ?? ''}, strength ${strength}`
              : 'stood in outside text before; no part of the proof'
          }
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {data?.link.label}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
